-- The beginning of a visit, to the row of its end.
UPDATE calls
SET entered_at = :entered_at, caller = coalesce(:caller, caller), caller_name = coalesce(:caller_name, caller_name),
    answered_at = coalesce(:answered_at, answered_at), agent_id = coalesce(:agent_id, agent_id),
    hold_ms = coalesce(hold_ms + :hold_ms, hold_ms, :hold_ms), disposition = coalesce(disposition, :disposition)
WHERE id = :id;
