-- Names of the calls of one file as numbers, and how many rows each has had: the second row of a name is its second visit.
CREATE TEMP TABLE IF NOT EXISTS seen_calls (name INTEGER PRIMARY KEY, visits INTEGER NOT NULL DEFAULT 1);
