-- A call of a table, where it is not there yet.
INSERT INTO calls (source, call_id, visit, direction, queue_id, campaign_id, agent_id, customer_id, caller, caller_name,
                   entered_at, answered_at, ended_at, wrapped_up_at, hold_ms, outcome, ended_by, disposition, right_party)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, (SELECT id FROM customers WHERE reference = ?8), ?9, ?10,
        ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19)
ON CONFLICT (source, call_id, visit) DO NOTHING;
