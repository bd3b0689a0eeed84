-- A call of a table, where it is there and was told otherwise.
UPDATE calls SET
    direction = ?4, queue_id = ?5, campaign_id = ?6, agent_id = ?7,
    customer_id = coalesce((SELECT id FROM customers WHERE reference = ?8), customer_id), caller = ?9, caller_name = ?10,
    entered_at = ?11, answered_at = ?12, ended_at = ?13, wrapped_up_at = ?14, hold_ms = ?15, outcome = ?16,
    ended_by = ?17, disposition = ?18, right_party = ?19
WHERE source = ?1 AND call_id = ?2 AND visit = ?3 AND (
    (direction, queue_id, campaign_id, agent_id, caller, caller_name, entered_at, answered_at, ended_at, wrapped_up_at,
     hold_ms, outcome, ended_by, disposition, right_party)
    IS NOT (?4, ?5, ?6, ?7, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19)
    OR (?8 IS NOT NULL AND customer_id IS NOT (SELECT id FROM customers WHERE reference = ?8))
);
