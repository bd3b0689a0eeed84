-- The state that a source's last commit left, for its next writer to resume from.

-- name: load_source
-- The source as its last commit left it: its position, and what rows do not say of its state.
SELECT position, carried FROM sources WHERE name = :name;

-- name: load_queues
-- One row a queue: its name as the database spells it.
SELECT id, name FROM queues;

-- name: load_agents
-- One row an agent.
SELECT id, login AS name FROM agents;

-- name: load_campaigns
-- One row a campaign.
SELECT id, name FROM campaigns;

-- name: load_aliases
-- One row another name of an agent.
SELECT agent_aliases.alias, agents.login AS agent
FROM agent_aliases
JOIN agents ON agents.id = agent_aliases.agent_id;

-- name: load_wrap_up_reasons
-- One row a pause reason that counts as wrap-up.
SELECT reason FROM pause_reasons WHERE counts_as_wrap_up = 1;

-- name: load_visits
-- One row a visit of this source that is open, ended lately or is what an agent does now; those of one call in order.
SELECT calls.id, calls.call_id, calls.visit, calls.direction, queues.name AS queue, campaigns.name AS campaign,
       calls.caller, calls.caller_name, agents.login AS agent, calls.entered_at, calls.answered_at, calls.ended_at, calls.outcome,
       calls.ended_by, calls.hold_ms, calls.wrapping_up, calls.wrapped_up_at, calls.disposition, calls.right_party
FROM calls
LEFT JOIN queues ON queues.id = calls.queue_id
LEFT JOIN campaigns ON campaigns.id = calls.campaign_id
LEFT JOIN agents ON agents.id = calls.agent_id
WHERE calls.source = :source
  AND calls.id IN (
    SELECT id FROM calls WHERE ended_at IS NULL
    UNION
    SELECT id FROM calls WHERE entered_at >= :entered_since AND ended_at >= :ended_since
    UNION
    SELECT call_id FROM agent_states WHERE ended_at IS NULL
  )
ORDER BY calls.visit, calls.id;

-- name: load_states
-- One row an agent: the running state.
-- What another followed source says is that one's to go on with.
SELECT agent_states.id, agents.login AS agent, agent_states.state, agent_states.reason, agent_states.call_id,
       agent_states.started_at
FROM agent_states
JOIN agents ON agents.id = agent_states.agent_id
WHERE coalesce(agent_states.source, :source) NOT IN (SELECT name FROM sources WHERE following = 1 AND name <> :source)
    AND agent_states.ended_at IS NULL;

-- name: load_members
-- One row a running membership.
-- What another followed source says is that one's to go on with.
SELECT queue_members.id, agents.login AS agent, queues.name AS queue, queue_members.static,
       queue_members.started_at, queue_members.ended_at
FROM queue_members
JOIN agents ON agents.id = queue_members.agent_id
JOIN queues ON queues.id = queue_members.queue_id
WHERE coalesce(queue_members.source, :source) NOT IN (SELECT name FROM sources WHERE following = 1 AND name <> :source)
    AND queue_members.ended_at IS NULL
ORDER BY queue_members.id;

-- name: load_dynamic_members
-- One row an agent and queue that log in and out by themselves.
-- What another followed source says is that one's to go on with.
SELECT DISTINCT agents.login AS agent, queues.name AS queue
FROM queue_members
JOIN agents ON agents.id = queue_members.agent_id
JOIN queues ON queues.id = queue_members.queue_id
WHERE coalesce(queue_members.source, :source) NOT IN (SELECT name FROM sources WHERE following = 1 AND name <> :source)
    AND queue_members.static = 0;

-- name: load_pauses
-- One row a running pause in one queue, in the order in which they began.
-- What another followed source says is that one's to go on with.
SELECT queue_pauses.id, agents.login AS agent, queues.name AS queue, queue_pauses.reason, queue_pauses.started_at,
       queue_pauses.ended_at
FROM queue_pauses
JOIN agents ON agents.id = queue_pauses.agent_id
JOIN queues ON queues.id = queue_pauses.queue_id
WHERE coalesce(queue_pauses.source, :source) NOT IN (SELECT name FROM sources WHERE following = 1 AND name <> :source)
    AND queue_pauses.ended_at IS NULL
ORDER BY queue_pauses.id;
