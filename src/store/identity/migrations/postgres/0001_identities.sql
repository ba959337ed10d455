-- One row: whose identities these are, the salt of this place, and a value by which the right key is known.
CREATE TABLE founding (
    one INT PRIMARY KEY CHECK (one = 1),
    installation BYTEA NOT NULL,
    salt BYTEA NOT NULL,
    key_check BYTEA NOT NULL
);

-- Encrypted identities.
CREATE TABLE identity (
    pseudonym TEXT COLLATE "C" PRIMARY KEY,
    sealed BYTEA NOT NULL
);

-- Keyed digests by which they are found.
CREATE TABLE blind_index (
    value BYTEA NOT NULL,
    pseudonym TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (value, pseudonym)
);
CREATE INDEX blind_index_pseudonym ON blind_index (pseudonym);
