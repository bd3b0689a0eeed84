-- What alarms need to know of the time before :known_as_of, and what persons have done about them.

-- fragment: left_at
min(coalesce(c.answered_at, c.ended_at), c.entered_at + :max_open_ms)

-- fragment: is_wait
c.direction = 'inbound' AND c.queue_id IS NOT NULL AND (c.answered_at IS NOT NULL OR c.outcome IS NOT 'blocked')

-- fragment: on_the_phones
s.state IN ('ready', 'ringing', 'dialling', 'talking', 'hold', 'wrap_up')

-- name: long_waits
-- Waits longer than :longer_than_ms that have ended since a moment. None is longer than a call may be open.
SELECT c.id, c.queue_id, c.entered_at, {left_at} AS left_at
FROM calls AS c INDEXED BY calls_by_entry
WHERE c.entered_at > :since - :max_open_ms AND c.entered_at <= :known_as_of AND {is_wait}
    AND {left_at} - c.entered_at > :longer_than_ms AND {left_at} > :since AND {left_at} <= :known_as_of
ORDER BY left_at, c.id;

-- name: long_waits_by_id
-- As long_waits, for the calls with numbers in :calls, a JSON list.
SELECT c.id, c.queue_id, c.entered_at, {left_at} AS left_at
FROM json_each(:calls) AS touched CROSS JOIN calls AS c ON c.id = touched.value
WHERE {left_at} > :since AND {is_wait} AND {left_at} - c.entered_at > :longer_than_ms;

-- name: staffed_since_by
-- A member of a queue who has been on the phones without a change since a moment, and takes its calls; NULL: nobody.
SELECT (
    SELECT m.agent_id FROM queue_members AS m INDEXED BY queue_members_open
        CROSS JOIN agent_states AS s ON s.id = (
            SELECT id FROM agent_states INDEXED BY agent_states_by_agent
            WHERE agent_id = m.agent_id AND started_at <= :known_as_of ORDER BY started_at DESC, id DESC LIMIT 1)
    WHERE m.queue_id = :queue_id AND m.ended_at IS NULL AND m.started_at <= :since
        AND s.started_at <= :since AND (s.ended_at IS NULL OR s.ended_at > :known_as_of) AND {on_the_phones}
        AND m.agent_id NOT IN (
            SELECT agent_id FROM queue_pauses INDEXED BY queue_pauses_open
            WHERE queue_id = :queue_id AND ended_at IS NULL AND started_at <= :known_as_of
            UNION ALL
            SELECT agent_id FROM queue_pauses INDEXED BY queue_pauses_by_queue
            WHERE queue_id = :queue_id AND started_at >= :not_before AND started_at <= :known_as_of
                AND ended_at > :since)
    LIMIT 1);

-- name: queues_with_waits_unstaffed
-- Of waits in :waits, a JSON list of queue, from and until, the queues of those for the whole of which no member of the
-- queue has been on the phones without a change, unpaused in it since :since: where somebody may not have been staffed.
WITH waits AS MATERIALIZED (
    SELECT value ->> 0 AS queue_id, value ->> 1 AS from_at, value ->> 2 AS until_at FROM json_each(:waits)
), paused AS MATERIALIZED (
    SELECT p.queue_id, p.agent_id
    FROM (SELECT DISTINCT queue_id FROM waits) AS q CROSS JOIN queue_pauses AS p INDEXED BY queue_pauses_open
        ON p.queue_id = q.queue_id AND p.ended_at IS NULL AND p.started_at <= :known_as_of
    UNION
    SELECT p.queue_id, p.agent_id
    FROM (SELECT DISTINCT queue_id FROM waits) AS q CROSS JOIN queue_pauses AS p INDEXED BY queue_pauses_by_queue
        ON p.queue_id = q.queue_id AND p.started_at >= :not_before AND p.started_at <= :known_as_of
            AND p.ended_at > :since
)
SELECT DISTINCT w.queue_id FROM waits AS w
WHERE NOT EXISTS (
    SELECT 1 FROM queue_members AS m INDEXED BY queue_members_open
        CROSS JOIN agent_states AS s ON s.id = (
            SELECT id FROM agent_states INDEXED BY agent_states_by_agent
            WHERE agent_id = m.agent_id AND started_at <= min(:known_as_of, w.until_at - 1)
            ORDER BY started_at DESC, id DESC LIMIT 1)
    WHERE m.queue_id = w.queue_id AND m.ended_at IS NULL AND m.started_at <= w.from_at AND s.started_at <= w.from_at
        AND (s.ended_at IS NULL OR s.ended_at > :known_as_of OR s.ended_at >= w.until_at) AND {on_the_phones}
        AND (m.queue_id, m.agent_id) NOT IN (SELECT queue_id, agent_id FROM paused));

-- name: members_since
-- Who has served a queue since a moment, and when; one row for each time. One that has ended and began before :not_before
-- is left out.
SELECT agent_id, started_at, ended_at FROM queue_members INDEXED BY queue_members_open
WHERE queue_id = :queue_id AND ended_at IS NULL AND started_at <= :known_as_of
UNION ALL
SELECT agent_id, started_at, ended_at FROM queue_members INDEXED BY queue_members_by_queue
WHERE queue_id = :queue_id AND started_at >= :not_before AND started_at <= :known_as_of AND ended_at > :since;

-- name: pauses_since
-- Who has been paused in a queue since a moment, and when; likewise.
SELECT agent_id, started_at, ended_at FROM queue_pauses INDEXED BY queue_pauses_open
WHERE queue_id = :queue_id AND ended_at IS NULL AND started_at <= :known_as_of
UNION ALL
SELECT agent_id, started_at, ended_at FROM queue_pauses INDEXED BY queue_pauses_by_queue
WHERE queue_id = :queue_id AND started_at >= :not_before AND started_at <= :known_as_of AND ended_at > :since;

-- name: states_since
-- What the agents in :agents, a JSON list, have done since a moment, agent by agent, in the order in which it began; for a
-- call, with its queue.
SELECT s.agent_id, s.started_at, s.ended_at, c.queue_id, {on_the_phones} AS on_the_phones
FROM json_each(:agents) AS j CROSS JOIN agent_states AS s INDEXED BY agent_states_by_agent
    ON s.agent_id = j.value AND s.started_at >= coalesce(
        (SELECT max(started_at) FROM agent_states WHERE agent_id = j.value AND started_at <= :since), 0)
    LEFT JOIN calls AS c ON c.id = s.call_id
WHERE s.started_at <= :known_as_of
ORDER BY s.agent_id, s.started_at, s.id;

-- name: states_by_id
-- States with numbers in :states, a JSON list; for a call, with its queue.
SELECT s.id, s.agent_id, s.state, s.started_at, s.ended_at, c.queue_id
FROM json_each(:states) AS j CROSS JOIN agent_states AS s ON s.id = j.value LEFT JOIN calls AS c ON c.id = s.call_id;

-- name: missed_runs
-- The calls that each of the agents in :agents, a JSON list, has missed in the business day since last doing anything but
-- being offered calls.
SELECT m.agent_id, count(*) AS calls, min(m.missed_at) AS first_at, max(m.missed_at) AS last_at
FROM json_each(:agents) AS j CROSS JOIN missed_calls AS m ON m.agent_id = j.value
WHERE m.ring_ms >= 1000 AND m.missed_at <= :known_as_of AND m.missed_at < :day_ends_at AND m.missed_at >= max(:day_starts_at, coalesce((
    SELECT started_at FROM agent_states AS s
    WHERE s.agent_id = j.value AND s.started_at <= :known_as_of AND s.state NOT IN ('ready', 'ringing')
    ORDER BY s.started_at DESC LIMIT 1), 0))
GROUP BY m.agent_id;

-- name: alarm_acts
-- What was done about alarms since a moment, the earliest first.
SELECT rule, subject, since, act, who, acted_at, until FROM alarm_acts
WHERE acted_at >= :since AND acted_at <= :known_as_of ORDER BY acted_at, id;

-- name: states_of_day
-- States that began since a moment, and in which an agent was for longer than :longer_than_ms, or still is.
SELECT s.agent_id, s.state, s.reason, s.started_at, iif(s.ended_at <= :at, s.ended_at, NULL) AS ended_at, c.queue_id,
    c.entered_at
FROM agent_states AS s INDEXED BY agent_states_by_start LEFT JOIN calls AS c ON c.id = s.call_id
WHERE s.started_at >= :since AND s.started_at <= :at AND s.state IN ('paused', 'wrap_up', 'talking', 'hold')
    AND coalesce(s.ended_at, :at) - s.started_at > :longer_than_ms
ORDER BY s.started_at, s.id;

-- name: states_of_agents_of_day
-- All states of the agents in :agents, a JSON list, that began since a moment.
SELECT s.agent_id, s.state, s.reason, s.started_at, iif(s.ended_at <= :at, s.ended_at, NULL) AS ended_at, c.queue_id,
    c.entered_at
FROM json_each(:agents) AS j CROSS JOIN agent_states AS s INDEXED BY agent_states_by_agent ON s.agent_id = j.value
    LEFT JOIN calls AS c ON c.id = s.call_id
WHERE s.started_at >= :since AND s.started_at <= :at
ORDER BY s.started_at, s.id;

-- name: missed_calls_of_day
-- The calls that agents missed in the business day up to a moment.
SELECT agent_id, missed_at FROM missed_calls
WHERE missed_at >= :day_starts_at AND missed_at < :day_ends_at AND missed_at <= :at AND ring_ms >= 1000
ORDER BY missed_at, id;

-- name: low_scores_of_day
-- As low_scores, with those whose customer somebody has promised a call since, or talked with, and when.
SELECT {low_score_columns}, (SELECT min(moment) FROM (
        SELECT max(f.created_at, s.answered_at) AS moment FROM follow_ups AS f
        WHERE f.customer_id = u.id AND f.created_at <= :at AND (f.created_at >= s.answered_at OR f.call_id = s.call_id)
        UNION ALL
        SELECT l.served_at FROM calls AS l
        WHERE l.customer_id = u.id AND l.entered_at >= s.answered_at AND l.served_at <= :at)) AS taken_up_at
FROM {low_scores_with_names}
WHERE {is_low_score_of_day}
ORDER BY s.answered_at, s.id;

-- name: follow_ups_of_day
-- Follow-ups that were open at some time of the business day up to a moment, as they are now.
SELECT id, created_at, due_at, done_at, outcome FROM follow_ups
WHERE created_at <= :at AND (done_at IS NULL OR done_at >= :day_starts_at OR id IN (
    SELECT subject_id FROM audit WHERE subject = 'follow_up' AND acted_at >= :day_starts_at));

-- name: audit_of_day
-- What was done to follow-ups since the business day began, the latest first, with the earlier values.
SELECT subject_id, acted_at, before FROM audit
WHERE subject = 'follow_up' AND acted_at >= :day_starts_at
ORDER BY acted_at DESC, id DESC;

-- name: insert_alarm_act
-- Note what somebody has done about an alarm.
INSERT INTO alarm_acts (acted_at, rule, subject, since, act, who, until)
VALUES (:acted_at, :rule, :subject, :since, :act, :who, :until);
