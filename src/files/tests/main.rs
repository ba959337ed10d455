//! Files of clerks against those that other software made.

mod picture;
mod roster;
