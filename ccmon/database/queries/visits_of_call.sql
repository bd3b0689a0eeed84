-- One row a visit of a call, in order of time.
SELECT id, visit FROM calls WHERE source = :source AND call_id = :call_id ORDER BY entered_at, coalesce(ended_at, 9e18), id;
