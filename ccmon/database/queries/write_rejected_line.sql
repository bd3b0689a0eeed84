-- A line that could not be understood, or that went in without a number of its own.
INSERT INTO rejected_lines (source, file, line, reason, content, taken_in, rejected_at) VALUES (?, ?, ?, ?, ?, ?, ?);
