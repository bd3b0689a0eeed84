-- Visits, outbound attempts and missed calls, as a writer inserts and updates them.

-- name: next_call_id
-- The number of the next row of calls.
SELECT coalesce(max(id), 0) + 1 FROM calls;

-- name: insert_call
-- A visit. If its number is taken (its call was deleted and came again), it is left for insert_call_renumbered.
INSERT INTO calls (id, source, call_id, visit, direction, queue_id, campaign_id, caller, caller_name, agent_id,
                   entered_at, answered_at, ended_at, outcome, ended_by, hold_ms, wrapping_up, wrapped_up_at,
                   disposition, right_party, customer_id)
VALUES (:row_id, :source, :call_id, :number, :direction, :queue_id, :campaign_id, :caller, :caller_name, :agent_id,
        :entered_at, :answered_at, :ended_at, :outcome, :ended_by, :hold_ms, :wrapping_up, :wrapped_up_at,
        :disposition, :right_party, :customer_id)
ON CONFLICT (source, call_id, visit) DO NOTHING;

-- name: insert_call_renumbered
-- A visit under the next free number of its call, unless it is written already.
INSERT INTO calls (id, source, call_id, visit, direction, queue_id, campaign_id, caller, caller_name, agent_id,
                   entered_at, answered_at, ended_at, outcome, ended_by, hold_ms, wrapping_up, wrapped_up_at,
                   disposition, right_party, customer_id)
SELECT :row_id, :source, :call_id, (SELECT max(visit) + 1 FROM calls WHERE source = :source AND call_id = :call_id),
       :direction, :queue_id, :campaign_id, :caller, :caller_name, :agent_id,
       :entered_at, :answered_at, :ended_at, :outcome, :ended_by, :hold_ms, :wrapping_up, :wrapped_up_at,
       :disposition, :right_party, :customer_id
WHERE NOT EXISTS (SELECT 1 FROM calls WHERE id = :row_id)
RETURNING visit;

-- name: update_call
-- Updates a visit from the values of insert_call. What others wrote in its row stays.
UPDATE calls
SET agent_id = :agent_id, answered_at = :answered_at, ended_at = :ended_at, outcome = :outcome, ended_by = :ended_by,
    hold_ms = :hold_ms, wrapping_up = :wrapping_up, wrapped_up_at = :wrapped_up_at,
    disposition = coalesce(:disposition, disposition), right_party = coalesce(:right_party, right_party)
WHERE id = :row_id;

-- name: delete_call
-- A visit that became part of another, or whose number was taken.
DELETE FROM calls WHERE id = ?1;

-- name: call_exists
-- 1 if the visit exists.
SELECT 1 FROM calls WHERE id = ?1;

-- name: visits_of_call
-- One row per visit of a call, in order: those over at a moment by number, the others by time.
SELECT id, visit
FROM calls
WHERE source = :source AND call_id = :call_id
ORDER BY ended_at IS NULL OR ended_at >= :until, iif(ended_at < :until, visit, entered_at), coalesce(ended_at, 9e18), id;

-- name: has_call
-- Whether a source has reported a call.
SELECT EXISTS (SELECT 1 FROM calls WHERE source = :source AND call_id = :call_id);

-- name: set_visit_number
-- Renumbers a visit.
UPDATE calls SET visit = ?2 WHERE id = ?1;

-- name: count_calls
-- The number of visits and attempts.
SELECT count(*) FROM calls;

-- name: count_floor_rows
-- The approximate number of calls and states.
SELECT coalesce((SELECT max(id) FROM calls), 0) + coalesce((SELECT max(id) FROM agent_states), 0);

-- name: index_definition
-- The statement that makes an index.
SELECT sql FROM main.sqlite_master WHERE type = 'index' AND name = ?;

-- name: newest_of_calls
-- The highest id of a visit; 0 for none.
SELECT coalesce(max(id), 0) FROM calls;

-- name: unchecked_calls
-- Whether a newer visit breaks a CHECK constraint of its table.
SELECT EXISTS (
    SELECT 1 FROM calls WHERE id > :newest AND NOT (
        coalesce(direction IN ('inbound', 'outbound'), 1)
        AND coalesce(wrapping_up IN (0, 1), 1)
        AND coalesce(hold_ms >= 0, 1)
        AND coalesce(outcome IN ('answered', 'abandoned', 'timeout', 'no_agents', 'incompatible', 'exit_key',
                                 'withdrawn', 'blocked', 'unknown'), 1)
        AND coalesce(ended_by IN ('caller', 'agent', 'transfer', 'system'), 1)
        AND coalesce(right_party IN (0, 1), 1)
    )
);

-- name: newest_of_agent_states
-- The highest id of a state; 0 for none.
SELECT coalesce(max(id), 0) FROM agent_states;

-- name: unchecked_agent_states
-- Whether a newer state breaks a CHECK constraint of its table.
SELECT EXISTS (
    SELECT 1 FROM agent_states WHERE id > :newest AND NOT (
        state IN ('ready', 'ringing', 'dialling', 'talking', 'hold', 'wrap_up', 'paused', 'unavailable', 'logged_out')
    )
);

-- name: insert_missed_call
-- An offered call that was not answered.
INSERT INTO missed_calls (call_id, queue_id, agent_id, missed_at, ring_ms)
VALUES (:call_id, :queue_id, :agent_id, :missed_at, :ring_ms);
