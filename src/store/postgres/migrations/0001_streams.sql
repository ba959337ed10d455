-- Plain SQL, so that databases which speak PostgreSQL's wire protocol without being it take it too.

-- One row: whose data these are, the salt of this place, a value by which the right key is known, and what the data folder
-- that opened it last has in common with it.
CREATE TABLE founding (
    one INT PRIMARY KEY CHECK (one = 1),
    installation BYTEA NOT NULL,
    salt BYTEA NOT NULL,
    key_check BYTEA NOT NULL,
    link BYTEA NOT NULL
);

-- Who holds this one row's lock writes; the position is that of the last event.
CREATE TABLE turn (
    position BIGINT NOT NULL
);
INSERT INTO turn (position) VALUES (0);

-- Events of all streams. The position is the order of commits; the bytes are encrypted.
CREATE TABLE event (
    position BIGINT PRIMARY KEY,
    stream TEXT COLLATE "C" NOT NULL,
    seq BIGINT NOT NULL,
    identity BYTEA NOT NULL,
    bytes BYTEA NOT NULL,
    UNIQUE (stream, seq)
);

-- Where each stream ends.
CREATE TABLE head (
    stream TEXT COLLATE "C" PRIMARY KEY,
    next_seq BIGINT NOT NULL,
    last BYTEA NOT NULL
);

-- Read models; the bytes are encrypted.
CREATE TABLE document (
    collection TEXT COLLATE "C" NOT NULL,
    key TEXT COLLATE "C" NOT NULL,
    lookup TEXT COLLATE "C",
    second_lookup TEXT COLLATE "C",
    bytes BYTEA NOT NULL,
    PRIMARY KEY (collection, key)
);
CREATE INDEX document_lookup ON document (collection, lookup, key);
CREATE INDEX document_second_lookup ON document (collection, second_lookup, key);

-- Immutable bytes, encrypted, by a keyed digest.
CREATE TABLE blob (
    digest BYTEA PRIMARY KEY,
    bytes BYTEA NOT NULL
);
