-- The lines of a file that were rejected before: it is read again from its beginning.
DELETE FROM rejected_lines WHERE source = ? AND file = ?;
