-- Events that a source has reported and ccmon does not know, counted by name.

CREATE TABLE unknown_events (
    source TEXT NOT NULL,                                   -- sources.name
    event TEXT NOT NULL,                                    -- as the source names it; '…': all beyond the first hundred
    records INTEGER NOT NULL,
    PRIMARY KEY (source, event)
) STRICT, WITHOUT ROWID;
