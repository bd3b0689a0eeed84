-- One row a stretch of a source's time that is taken in already, in order.
SELECT imported_ranges.first_at, imported_ranges.last_at, imported_ranges.edges
FROM imported_ranges
JOIN sources ON sources.id = imported_ranges.source_id
WHERE sources.name = :source
ORDER BY imported_ranges.first_at;
