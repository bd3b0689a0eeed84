-- A line that could not be understood.
INSERT INTO rejected_lines (source, file, line, reason, content, rejected_at) VALUES (?, ?, ?, ?, ?, ?);
