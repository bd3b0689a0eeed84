-- Lines that did not go in, or went in without a number of their own: of one source (NULL: of all), the newest first.
-- Rows are written one after the other, so the newest have the highest ids.
SELECT source, file, line, reason, content, taken_in, rejected_at
FROM rejected_lines WHERE :source IS NULL OR source = :source ORDER BY id DESC LIMIT :limit;
