//! Files of clerks against those that other software made.

mod bank;
mod picture;
mod roster;
