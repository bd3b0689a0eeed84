-- What was done to one row, the oldest first.
SELECT acted_at, who, act, before, after, reason FROM audit
WHERE subject = :subject AND subject_id = :subject_id ORDER BY acted_at, id;
