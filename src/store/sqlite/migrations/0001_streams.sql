-- One row: whose data these are, the salt of this place, a value by which the right key is known, and what the data folder
-- that opened it last has in common with it.
CREATE TABLE founding (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    installation BLOB NOT NULL,
    salt BLOB NOT NULL,
    key_check BLOB NOT NULL,
    link BLOB NOT NULL
) STRICT;

-- Events of all streams. The position is the order of commits; the bytes are encrypted.
CREATE TABLE event (
    position INTEGER PRIMARY KEY,
    stream TEXT NOT NULL,
    seq INTEGER NOT NULL,
    identity BLOB NOT NULL,
    bytes BLOB NOT NULL,
    UNIQUE (stream, seq)
) STRICT;

-- Nothing that happened is altered or deleted, not even by hand and by mistake.
CREATE TRIGGER event_is_never_altered BEFORE UPDATE ON event
BEGIN SELECT RAISE(ABORT, 'events are append-only'); END;
CREATE TRIGGER event_is_never_deleted BEFORE DELETE ON event
BEGIN SELECT RAISE(ABORT, 'events are append-only'); END;

-- Where each stream ends.
CREATE TABLE head (
    stream TEXT PRIMARY KEY,
    next_seq INTEGER NOT NULL,
    last BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- Read models; the bytes are encrypted.
CREATE TABLE document (
    collection TEXT NOT NULL,
    key TEXT NOT NULL,
    lookup TEXT,
    second_lookup TEXT,
    bytes BLOB NOT NULL,
    PRIMARY KEY (collection, key)
) STRICT;
CREATE INDEX document_lookup ON document (collection, lookup, key) WHERE lookup IS NOT NULL;
CREATE INDEX document_second_lookup ON document (collection, second_lookup, key) WHERE second_lookup IS NOT NULL;

-- Immutable bytes, encrypted, by a keyed digest.
CREATE TABLE blob (
    digest BLOB PRIMARY KEY,
    bytes BLOB NOT NULL
) STRICT;
