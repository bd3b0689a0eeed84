-- One row a line of a source that was rejected.
SELECT content FROM rejected_lines WHERE source = :source;
