-- A key and its line.
INSERT INTO seen_keys (key, line) VALUES (?, ?);
