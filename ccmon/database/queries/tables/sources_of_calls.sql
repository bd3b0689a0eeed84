-- Each source that has calls, found by stepping through the index rather than by reading every call.
WITH RECURSIVE found (source) AS (
    SELECT min(source) FROM calls
    UNION ALL
    SELECT (SELECT min(source) FROM calls WHERE source > found.source) FROM found WHERE found.source IS NOT NULL
)
SELECT source FROM found WHERE source IS NOT NULL;
