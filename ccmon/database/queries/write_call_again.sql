-- A visit under the next free number of its call, unless it is written.
INSERT INTO calls (id, source, call_id, visit, direction, queue_id, campaign_id, caller, caller_name, agent_id,
                   entered_at, answered_at, ended_at, outcome, ended_by, hold_ms, wrapping_up, wrapped_up_at,
                   disposition, right_party)
SELECT ?1, ?2, ?3, (SELECT max(visit) + 1 FROM calls WHERE source = ?2 AND call_id = ?3), ?5, ?6, ?7, ?8, ?9, ?10, ?11,
       ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20
WHERE NOT EXISTS (SELECT 1 FROM calls WHERE id = ?1)
RETURNING visit;
