-- The satisfaction that a table of calls gives for a call, where it was given otherwise before.
UPDATE surveys SET score = ?4, scale = ?5
WHERE call_id = (SELECT id FROM calls WHERE source = ?1 AND call_id = ?2 AND visit = ?3)
    AND reference IS NULL AND question = 'satisfaction' AND (score, scale) IS NOT (?4, ?5);
