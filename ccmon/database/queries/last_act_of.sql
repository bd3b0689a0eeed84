-- The last thing that was done to one row.
SELECT id, acted_at, who, act, before, after FROM audit
WHERE subject = :subject AND subject_id = :subject_id ORDER BY acted_at DESC, id DESC LIMIT 1;
