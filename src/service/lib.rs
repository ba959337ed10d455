//! The HTTP service: accounts, rooms, tablets, results.
