-- Agents' states, queue memberships and pauses, as a writer inserts and ends them.

-- name: next_state_id
-- The number of the next row of agent_states.
SELECT coalesce(max(id), 0) + 1 FROM agent_states;

-- name: insert_state
-- What an agent does, or did.
INSERT INTO agent_states (id, agent_id, state, reason, call_id, started_at, ended_at, source)
VALUES (:row_id, :agent_id, :state, :reason, :call_id, :started_at, :ended_at, :source);

-- name: end_state
-- The end of a running state.
UPDATE agent_states SET ended_at = :ended_at WHERE id = :row_id;

-- name: end_other_state
-- Ends an agent's state left by another source, when this one reports what they do now.
UPDATE agent_states SET ended_at = max(started_at, :started_at) WHERE agent_id = :agent_id AND ended_at IS NULL;

-- name: delete_state
-- A state that lasted no time.
DELETE FROM agent_states WHERE id = ?;

-- name: last_state_before
-- Of an agent's other states that began before a moment, and lasted, the last one.
SELECT state, started_at, ended_at FROM agent_states
WHERE agent_id = :agent_id AND started_at < :before AND id IS NOT :id AND (ended_at IS NULL OR ended_at > started_at)
ORDER BY started_at DESC LIMIT 1;

-- name: last_membership_before
-- Of an agent's other memberships of a queue that began before a moment, and lasted, the last one.
SELECT NULL AS state, started_at, ended_at FROM queue_members
WHERE queue_id = :queue_id AND agent_id = :agent_id AND started_at < :before AND id IS NOT :id
    AND (ended_at IS NULL OR ended_at > started_at)
ORDER BY started_at DESC LIMIT 1;

-- name: next_member_id
-- The number of the next row of queue_members.
SELECT coalesce(max(id), 0) + 1 FROM queue_members;

-- name: insert_member
-- A membership.
INSERT INTO queue_members (id, queue_id, agent_id, static, started_at, ended_at, source)
VALUES (:row_id, :queue_id, :agent_id, :static, :started_at, :ended_at, :source);

-- name: end_member
-- The end of a running membership.
UPDATE queue_members SET static = :static, ended_at = :ended_at WHERE id = :row_id;

-- name: end_other_member
-- Ends a membership left by another source, when this one reports that it began.
UPDATE queue_members SET ended_at = max(started_at, :started_at)
WHERE queue_id = :queue_id AND agent_id = :agent_id AND ended_at IS NULL;

-- name: next_pause_id
-- The number of the next row of queue_pauses.
SELECT coalesce(max(id), 0) + 1 FROM queue_pauses;

-- name: insert_pause
-- A pause in one queue.
INSERT INTO queue_pauses (id, queue_id, agent_id, reason, started_at, ended_at, source)
VALUES (:row_id, :queue_id, :agent_id, :reason, :started_at, :ended_at, :source);

-- name: end_pause
-- The end of a running pause.
UPDATE queue_pauses SET ended_at = :ended_at WHERE id = :row_id;

-- name: end_other_pause
-- Ends a pause left by another source, when this one reports that it began.
UPDATE queue_pauses SET ended_at = max(started_at, :started_at)
WHERE queue_id = :queue_id AND agent_id = :agent_id AND ended_at IS NULL;

-- name: delete_pause
-- A pause that lasted no time.
DELETE FROM queue_pauses WHERE id = ?;
