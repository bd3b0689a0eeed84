-- The state that a source's last commit left, for its next writer to resume from; with :at, the state at that moment.

-- name: load_source
-- The source as its last commit left it: its position, and the part of its state that is not in rows.
SELECT position, carried FROM sources WHERE name = :name;

-- name: load_queues
-- Row numbers of queues by name, as the database spells it.
SELECT name, id FROM queues;

-- name: load_agents
-- Row numbers of agents by login.
SELECT login, id FROM agents;

-- name: load_aliases
-- Logins of agents by their other names.
SELECT agent_aliases.alias, agents.login AS agent
FROM agent_aliases
JOIN agents ON agents.id = agent_aliases.agent_id;

-- name: load_wrap_up_reasons
-- One row per pause reason that counts as wrap-up.
SELECT reason FROM pause_reasons WHERE counts_as_wrap_up = 1;

-- name: load_visits
-- One row per visit of this source that is open, ended recently or is an agent's call now; those of a call in order.
SELECT calls.call_id, calls.visit AS number, calls.entered_at, queues.name AS queue, calls.caller, calls.caller_name,
    campaigns.name AS campaign, calls.direction, agents.login AS agent, calls.answered_at, calls.ended_at, calls.outcome,
    calls.ended_by, calls.hold_ms, calls.wrapping_up, calls.wrapped_up_at, calls.disposition, calls.right_party,
    calls.customer_id, calls.id AS row_id
FROM calls
LEFT JOIN queues ON queues.id = calls.queue_id
LEFT JOIN campaigns ON campaigns.id = calls.campaign_id
LEFT JOIN agents ON agents.id = calls.agent_id
WHERE calls.source = :source AND (:at IS NULL OR calls.entered_at <= :at)
    AND calls.id IN (
        SELECT id FROM calls WHERE ended_at IS NULL
        UNION
        SELECT id FROM calls WHERE entered_at >= :entered_since AND ended_at >= :ended_since
        UNION
        SELECT call_id FROM agent_states WHERE ended_at IS NULL AND :at IS NULL
        UNION
        SELECT call_id FROM agent_states WHERE :at IS NOT NULL AND started_at <= :at AND ended_at > :at)
ORDER BY calls.visit, calls.id;

-- name: load_states
-- One row per agent: the running state.
-- What another followed source reported is left to that source.
SELECT agents.login AS agent, s.state, s.started_at, s.reason, s.call_id, s.id
FROM agent_states AS s
JOIN agents ON agents.id = s.agent_id
WHERE coalesce(s.source, :source) NOT IN (SELECT name FROM sources WHERE following = 1 AND name <> :source)
    AND s.id IN (
        SELECT id FROM agent_states WHERE ended_at IS NULL AND (:at IS NULL OR started_at <= :at)
        UNION ALL
        SELECT id FROM agent_states WHERE :at IS NOT NULL AND started_at <= :at AND ended_at > :at);

-- name: load_members
-- One row per running membership, with its end if later rows show one.
-- What another followed source reported is left to that source.
SELECT agents.login AS agent, queues.name AS queue, m.started_at, m.static, m.ended_at, m.id AS row_id
FROM queue_members AS m
JOIN agents ON agents.id = m.agent_id
JOIN queues ON queues.id = m.queue_id
WHERE coalesce(m.source, :source) NOT IN (SELECT name FROM sources WHERE following = 1 AND name <> :source)
    AND m.id IN (
        SELECT id FROM queue_members WHERE ended_at IS NULL AND (:at IS NULL OR started_at <= :at)
        UNION ALL
        SELECT id FROM queue_members WHERE :at IS NOT NULL AND started_at <= :at AND ended_at > :at)
ORDER BY m.id;

-- name: load_dynamic_members
-- One row per agent and queue where the agent logs in and out dynamically.
-- What another followed source reported is left to that source.
SELECT DISTINCT agents.login AS agent, queues.name AS queue
FROM queue_members AS m
JOIN agents ON agents.id = m.agent_id
JOIN queues ON queues.id = m.queue_id
WHERE coalesce(m.source, :source) NOT IN (SELECT name FROM sources WHERE following = 1 AND name <> :source)
    AND m.static = 0 AND (:at IS NULL OR m.started_at <= :at);

-- name: load_pauses
-- One row per running pause in a queue, in the order in which they began, with its end if later rows show one.
-- What another followed source reported is left to that source.
SELECT agents.login AS agent, queues.name AS queue, p.started_at, p.reason, p.ended_at, p.id AS row_id
FROM queue_pauses AS p
JOIN agents ON agents.id = p.agent_id
JOIN queues ON queues.id = p.queue_id
WHERE coalesce(p.source, :source) NOT IN (SELECT name FROM sources WHERE following = 1 AND name <> :source)
    AND p.id IN (
        SELECT id FROM queue_pauses WHERE ended_at IS NULL AND (:at IS NULL OR started_at <= :at)
        UNION ALL
        SELECT id FROM queue_pauses WHERE :at IS NOT NULL AND started_at <= :at AND ended_at > :at)
ORDER BY p.started_at, p.id;
