-- How many lines of a source (NULL: of all) are noted.
SELECT count(*) FROM rejected_lines WHERE :source IS NULL OR source = :source;
