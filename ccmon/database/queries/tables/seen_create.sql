-- The rows of one file by key, so that a second row of one key is found in bounded memory.
CREATE TEMP TABLE IF NOT EXISTS seen_keys (key TEXT PRIMARY KEY, line INTEGER NOT NULL) WITHOUT ROWID;
