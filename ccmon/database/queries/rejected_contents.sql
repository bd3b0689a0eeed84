-- One row a line of a source that was rejected whole.
SELECT content FROM rejected_lines WHERE source = :source AND NOT taken_in;
