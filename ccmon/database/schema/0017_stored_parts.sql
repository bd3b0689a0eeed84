-- What finished business days say, read once by a program that follows a switch and stored for all who show figures.

CREATE TABLE stored_parts (
    part TEXT PRIMARY KEY,
    made_of BLOB NOT NULL,                                  -- hour, site and what else the part rests on; MessagePack
    fields BLOB NOT NULL                                    -- MessagePack
) STRICT;

CREATE TABLE stored_part_checks (
    part TEXT PRIMARY KEY,                                  -- stored_parts.part; a part without a row here does not hold
    read_to INTEGER NOT NULL                                -- changes.id: no row up to this one touches the part
) STRICT, WITHOUT ROWID;
