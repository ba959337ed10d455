-- One row: whose identities these are, the salt of this place, and a value by which the right key is known.
CREATE TABLE founding (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    installation BLOB NOT NULL,
    salt BLOB NOT NULL,
    key_check BLOB NOT NULL
) STRICT;

-- Encrypted identities.
CREATE TABLE identity (
    pseudonym TEXT PRIMARY KEY,
    sealed BLOB NOT NULL
) STRICT;

-- Keyed digests by which they are found.
CREATE TABLE blind_index (
    value BLOB NOT NULL,
    pseudonym TEXT NOT NULL,
    PRIMARY KEY (value, pseudonym)
) STRICT, WITHOUT ROWID;
CREATE INDEX blind_index_pseudonym ON blind_index (pseudonym);
