//! Streams and queries behind one async trait, on memory, SQLite and PostgreSQL.
