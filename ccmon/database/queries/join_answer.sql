-- What is told of a visit between its beginning and its end, where both were known.
UPDATE calls
SET answered_at = :answered_at, agent_id = :agent_id, hold_ms = :hold_ms,
    disposition = coalesce(disposition, :disposition)
WHERE id = :id;
