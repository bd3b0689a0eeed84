-- A visit. One whose number is taken (its call was forgotten and came again) is left for write_call_again.
INSERT INTO calls (id, source, call_id, visit, direction, queue_id, campaign_id, caller, caller_name, agent_id,
                   entered_at, answered_at, ended_at, outcome, ended_by, hold_ms, wrapping_up, wrapped_up_at,
                   disposition, right_party)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (source, call_id, visit) DO NOTHING;
