-- What was done to follow-ups after a moment, the latest first: what had stood before.
SELECT subject_id, before FROM audit
WHERE subject = 'follow_up' AND acted_at > :at
ORDER BY acted_at DESC, id DESC;
