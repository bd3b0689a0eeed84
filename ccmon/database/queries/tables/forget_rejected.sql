-- The lines of a file that were rejected before, or noted: it is read again from its beginning. One row a line.
DELETE FROM rejected_lines WHERE source = ? AND file = ? RETURNING taken_in;
