-- Calls of one file that were there before it, by a number for the name, and how many rows of the file each has had.
CREATE TEMP TABLE seen_calls (name INTEGER PRIMARY KEY, visits INTEGER NOT NULL);
