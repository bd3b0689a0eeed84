-- Records are kept as they were imported, and the state beyond rows at the end of each part: where a gap before them is
-- filled later, they are applied again to the state with which it ends.

CREATE TABLE imported_records (
    id INTEGER PRIMARY KEY,
    source_id INTEGER NOT NULL REFERENCES sources (id),
    first_at INTEGER NOT NULL,
    last_at INTEGER NOT NULL,
    lines INTEGER NOT NULL,
    content BLOB                                            -- NULL: what follows is not kept
) STRICT;
CREATE INDEX imported_records_by_moment ON imported_records (source_id, first_at, last_at);

INSERT INTO imported_records (source_id, first_at, last_at, lines)
SELECT source_id, first_at, last_at, 0 FROM imported_ranges;

CREATE TABLE imported_states (
    source_id INTEGER NOT NULL REFERENCES sources (id),
    at INTEGER NOT NULL,
    carried TEXT NOT NULL,
    PRIMARY KEY (source_id, at)
) STRICT, WITHOUT ROWID;
