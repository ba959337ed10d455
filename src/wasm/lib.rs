//! The engine in a browser: one face for each user.
