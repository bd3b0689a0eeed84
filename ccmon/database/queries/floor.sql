-- What a poll asks for: calls, states, memberships and follow-ups as they are now, and today's totals.

-- fragment: open_call_columns
c.queue_id, c.entered_at, c.answered_at, c.caller, coalesce(u.name, c.caller_name) AS customer, c.id, c.customer_id

-- fragment: is_open_call
c.ended_at IS NULL AND c.entered_at >= :may_be_open_since AND c.direction = 'inbound' AND c.queue_id IS NOT NULL
    AND c.outcome IS NOT 'blocked' AND c.outcome IS NOT 'unknown'

-- fragment: state_columns
s.agent_id, s.state, s.reason, s.started_at, c.queue_id, c.campaign_id, c.entered_at, s.call_id

-- fragment: member_columns
m.queue_id, q.name AS queue, m.agent_id, a.login AS agent, p.reason, p.started_at AS paused_since

-- fragment: agent_total_columns
agent_id, inbound, outbound, inbound_talk_ms, inbound_hold_ms, inbound_wrap_up_ms, outbound_talk_ms,
    outbound_hold_ms, outbound_wrap_up_ms, sales_calls, missed, ready_ms, paused_ms, talking_ms, other_ms, hold_ms,
    wrap_up_ms, converted, sales, revenue_cents

-- fragment: follow_up_columns
f.id, coalesce(u.name, c.caller_name) AS customer, f.agent_id, f.kind, f.due_at, f.promised_at, f.note, f.customer_id,
    coalesce(u.phone, c.caller) AS phone, f.call_id

-- name: open_calls
-- Calls in a queue that have not ended: waiting, or (answered_at set) talking.
SELECT {open_call_columns}
FROM calls AS c INDEXED BY calls_open LEFT JOIN customers AS u ON u.id = c.customer_id
WHERE {is_open_call}
ORDER BY c.entered_at, c.id;

-- name: open_calls_by_id
-- As open_calls, for the calls with numbers in :calls, a JSON list.
SELECT {open_call_columns}
FROM json_each(:calls) AS touched CROSS JOIN calls AS c ON c.id = touched.value LEFT JOIN customers AS u ON u.id = c.customer_id
WHERE {is_open_call};

-- name: open_states
-- What each agent does now; for a call, with its queue or campaign and its entry.
SELECT {state_columns}
FROM agent_states AS s LEFT JOIN calls AS c ON c.id = s.call_id
WHERE s.ended_at IS NULL ORDER BY s.agent_id;

-- name: open_states_of_agents
-- The same for the agents with numbers in :agents, a JSON list.
SELECT {state_columns}
FROM json_each(:agents) AS touched
    CROSS JOIN agent_states AS s INDEXED BY agent_states_open ON s.agent_id = touched.value AND s.ended_at IS NULL
    LEFT JOIN calls AS c ON c.id = s.call_id;

-- name: current_members
-- Who serves which queue now, and who is paused there.
SELECT {member_columns}
FROM queue_members AS m JOIN queues AS q ON q.id = m.queue_id JOIN agents AS a ON a.id = m.agent_id
    LEFT JOIN queue_pauses AS p ON p.queue_id = m.queue_id AND p.agent_id = m.agent_id AND p.ended_at IS NULL
WHERE m.ended_at IS NULL ORDER BY m.queue_id, m.agent_id;

-- name: current_members_of_agents
-- The same for the agents with numbers in :agents, a JSON list. Looked up one by one: for a join, SQLite would first read
-- all members into a Bloom filter.
SELECT {member_columns}
FROM json_each(:agents) AS touched CROSS JOIN agents AS a ON a.id = touched.value CROSS JOIN queues AS q
    CROSS JOIN queue_members AS m ON m.id = (
        SELECT id FROM queue_members INDEXED BY queue_members_open
        WHERE queue_id = q.id AND agent_id = a.id AND ended_at IS NULL)
    LEFT JOIN queue_pauses AS p ON p.queue_id = m.queue_id AND p.agent_id = m.agent_id AND p.ended_at IS NULL;

-- name: tracked
-- Those of the agents in :agents and queues in :queues (JSON lists) whose states or members are known at a moment: a
-- source has reported them, or there is a source of states (a switch) that would have. They are not known if the newest
-- call by then is from another source, such as a table of calls. A queue's newest call is looked up in its newest
-- quarter of an hour, which has an index.
WITH switches AS (SELECT name FROM sources WHERE kind IN ('queue-log', 'ami', 'freeswitch', 'simulator')),
silent AS (
    SELECT 'agent' AS what, a.id, (
        SELECT c.source FROM calls AS c WHERE c.agent_id = a.id AND c.entered_at <= :at
        ORDER BY c.entered_at DESC LIMIT 1) AS known_from
    FROM agents AS a
    WHERE a.id IN (SELECT value FROM json_each(:agents))
        AND NOT EXISTS (SELECT 1 FROM agent_states WHERE agent_id = a.id AND started_at <= :at)
    UNION ALL
    SELECT 'queue', q.id, (SELECT source FROM (
        SELECT * FROM (
            SELECT c.source, c.entered_at FROM calls AS c INDEXED BY calls_open
            WHERE c.ended_at IS NULL AND c.queue_id = q.id AND c.entered_at BETWEEN :may_be_open_since AND :at
            ORDER BY c.entered_at DESC LIMIT 1)
        UNION ALL
        SELECT * FROM (
            SELECT c.source, c.entered_at FROM (
                SELECT max(quarter_at) AS quarter_at FROM queue_quarters
                WHERE queue_id = q.id AND quarter_at <= :at AND offered > 0) AS newest
            JOIN calls AS c ON c.entered_at BETWEEN newest.quarter_at AND newest.quarter_at + 899999
            WHERE c.queue_id = q.id ORDER BY c.entered_at <= :at DESC, c.entered_at DESC LIMIT 1))
        ORDER BY entered_at DESC LIMIT 1)
    FROM queues AS q
    WHERE q.id IN (SELECT value FROM json_each(:queues))
        AND NOT EXISTS (SELECT 1 FROM queue_members WHERE queue_id = q.id AND started_at <= :at))
SELECT 'agent' AS what, id FROM agents WHERE id IN (SELECT value FROM json_each(:agents)) AND id NOT IN (SELECT id FROM silent WHERE what = 'agent')
UNION ALL
SELECT 'queue', id FROM queues WHERE id IN (SELECT value FROM json_each(:queues)) AND id NOT IN (SELECT id FROM silent WHERE what = 'queue')
UNION ALL
SELECT what, id FROM silent
WHERE EXISTS (SELECT 1 FROM switches) AND (known_from IS NULL OR known_from IN (SELECT name FROM switches))
ORDER BY 1, 2;

-- name: seldom_changed
-- What hardly ever changes, in one row: a simulated floor's clock, the site, the business day that contains a moment,
-- when the site was moved to another database, and whether there is any long work behind the screen.
SELECT c.real_at, c.floor_at, c.speed, s.name, s.time_zone, s.day_starts_ms, s.currency, s.follow_up_grace_ms,
    s.max_open_ms, s.moved_at, d.date, d.starts_at, d.ends_at, EXISTS (SELECT 1 FROM progress) AS has_progress
FROM site AS s
LEFT JOIN clock AS c ON c.id = 1
LEFT JOIN business_days AS d ON d.starts_at = (SELECT max(starts_at) FROM business_days WHERE starts_at <= :at)
WHERE s.id = 1;

-- name: newest_moment
-- The newest moments up to :until that an index finds at once, of anything and of switch reports; 0 for none.
WITH reported (at) AS (
    SELECT max(coalesce((SELECT max(entered_at) FROM calls WHERE entered_at <= :until), 0),
        coalesce((SELECT max(started_at) FROM agent_states WHERE started_at <= :until), 0),
        coalesce((SELECT max(last_record_at) FROM sources WHERE last_record_at <= :until), 0),
        coalesce((SELECT max(missed_at) FROM missed_calls WHERE missed_at <= :until), 0)))
SELECT max(at, coalesce((SELECT max(sold_at) FROM sales WHERE sold_at <= :until), 0),
    coalesce((SELECT max(answered_at) FROM surveys WHERE answered_at <= :until), 0),
    coalesce((SELECT max(done_at) FROM follow_ups WHERE done_at <= :until), 0)) AS anything_at, at AS reported_at
FROM reported;

-- name: oldest_moment
-- The moment of the first call or state of an agent, else of the first sale, else of the first answer; NULL for none.
SELECT coalesce(
    (SELECT min(at) FROM (SELECT min(entered_at) AS at FROM calls UNION ALL SELECT min(started_at) FROM agent_states)),
    (SELECT min(sold_at) FROM sales),
    (SELECT min(answered_at) FROM surveys)
);

-- name: queue_totals
-- The sums of the queues in :queues, a JSON list, over the business day.
SELECT t.queue_id,
    :day_starts_at AS starts_at,
    sum(t.offered) AS offered,
    sum(t.answered) AS answered,
    sum(t.answered_in_threshold) AS answered_in_threshold,
    sum(t.abandoned) AS abandoned,
    sum(t.short_abandoned) AS short_abandoned,
    sum(t.timed_out) AS timed_out,
    sum(t.no_agents) AS no_agents,
    sum(t.diverted) AS diverted,
    sum(t.unknown) AS unknown,
    sum(t.answered_wait_ms) AS answered_wait_ms,
    sum(t.abandoned_wait_ms) AS abandoned_wait_ms,
    sum(t.handled) AS handled,
    sum(t.talk_ms) AS talk_ms,
    sum(t.hold_ms) AS hold_ms,
    sum(t.wrap_up_ms) AS wrap_up_ms,
    sum(t.cut_off) AS cut_off,
    sum(t.answered_without_wait) AS answered_without_wait
FROM queue_quarters AS t
WHERE t.queue_id IN (SELECT value FROM json_each(:queues)) AND t.quarter_at >= :day_starts_at
    AND t.quarter_at < :day_ends_at
GROUP BY t.queue_id;

-- name: quarter_totals
-- The quarters of an hour of the business day from a moment on, by entry, of the queues in :queues, a JSON list.
SELECT queue_id, quarter_at AS starts_at, offered, answered, answered_in_threshold, abandoned, short_abandoned, timed_out, no_agents,
    diverted, unknown, answered_wait_ms, abandoned_wait_ms, handled, talk_ms, hold_ms, wrap_up_ms, cut_off,
    answered_without_wait
FROM queue_quarters
WHERE queue_id IN (SELECT value FROM json_each(:queues)) AND quarter_at >= :since AND quarter_at < :day_ends_at
ORDER BY queue_id, quarter_at;

-- name: longest_waits_of_queues
-- The longest finished wait of the business day of each queue in :queues, a JSON list, in whole seconds.
SELECT q.value AS queue_id,
    (SELECT max(w.wait_s) FROM wait_histogram AS w WHERE w.queue_id = q.value AND w.day_at = :day_starts_at) AS wait_s
FROM json_each(:queues) AS q;

-- name: inbound_handling_times
-- Handled inbound calls of a queue and business day by handling time.
SELECT handling_s, calls FROM handling_histogram
WHERE day_at = :day_starts_at AND direction = 'inbound' AND queue_id = :queue_id;

-- name: outbound_handling_times
-- Handled outbound calls of the business day by handling time.
SELECT handling_s, sum(calls) AS calls FROM handling_histogram
WHERE day_at = :day_starts_at AND direction = 'outbound'
GROUP BY handling_s;

-- name: agent_totals
-- Each agent's totals of the business day. Closed intervals only.
SELECT {agent_total_columns}
FROM agent_days WHERE day_at = :day_starts_at ORDER BY agent_id;

-- name: agent_totals_of_agents
-- The same for the agents with numbers in :agents, a JSON list.
SELECT {agent_total_columns}
FROM json_each(:agents) AS touched CROSS JOIN agent_days ON day_at = :day_starts_at AND agent_id = touched.value;

-- name: campaign_totals
-- Each campaign's totals of the business day.
SELECT campaign_id, attempts, contacts, sales_calls, converted, sales, revenue_cents
FROM campaign_days WHERE day_at = :day_starts_at;

-- name: queue_targets
-- The targets of each queue at its first call of a business day; its present ones until then.
SELECT q.id AS queue_id, coalesce(t.service_level_threshold_ms, q.service_level_threshold_ms) AS threshold_ms,
    coalesce(t.service_level_target, q.service_level_target) AS target,
    coalesce(t.short_abandon_ms, q.short_abandon_ms) AS short_abandon_ms
FROM queues AS q LEFT JOIN queue_days AS t ON t.queue_id = q.id AND t.day_at = :day_starts_at;

-- name: earlier_calls_handled_today
-- Calls that entered before the business day and are handled in it: by which agent, and when.
SELECT agent_id, answered_at, ended_at, coalesce(wrapped_up_at, ended_at) AS wrapped_up_at,
    coalesce(hold_ms, 0) AS hold_ms
FROM calls INDEXED BY calls_by_entry
WHERE entered_at >= :day_starts_at - :max_open_ms AND entered_at < :day_starts_at AND handled AND agent_id IS NOT NULL
    AND coalesce(wrapped_up_at, ended_at) > :day_starts_at;

-- name: open_follow_ups_due
-- Follow-ups that are open and due before the end of the business day, the oldest first. What falls due while the site
-- is closed may count as due later (ccmon/model/due_moments.py).
SELECT {follow_up_columns}
FROM follow_ups AS f LEFT JOIN customers AS u ON u.id = f.customer_id LEFT JOIN calls AS c ON c.id = f.call_id
WHERE f.done_at IS NULL AND f.outcome IS NULL AND f.due_at < :day_ends_at
ORDER BY f.due_at, f.id;

-- name: promises_of_day
-- Follow-ups promised for the business day, or for the closed time before it, without cancelled ones.
SELECT promised_at, done_at, agent_id FROM follow_ups
WHERE promised_at >= :due_since AND promised_at < :day_ends_at AND outcome IS NOT 'cancelled';

-- name: follow_ups_done_of_day
-- Follow-ups done in the business day, by owner.
SELECT agent_id, count(*) AS done FROM follow_ups
WHERE done_at >= :day_starts_at AND done_at < :day_ends_at AND outcome IS NOT 'cancelled'
GROUP BY agent_id;

-- name: sources_and_heartbeats
-- The sources of calls, and when each last showed a sign of life. A queue log and FreeSWITCH's own database, named by
-- their path, have no heartbeat: while nothing happens, they look the same as when the switch is down. No row says
-- whether a follower runs.
SELECT name, kind, following, last_record_at, checked_at, records, rejected,
    kind IN ('ami', 'simulator') OR (kind = 'freeswitch' AND coalesce(path, '') NOT LIKE '/%') AS heartbeat,
    process_namespace, NULL AS running, 0 AS disk_is_full, last_error
FROM sources
ORDER BY name;

-- name: change_log_edges
-- The first and the last number in the change log; 0 if it is empty.
SELECT coalesce((SELECT min(id) FROM changes), 0) AS first, coalesce((SELECT max(id) FROM changes), 0) AS last;

-- name: change_log
-- The rows noted after a row of the change log, the oldest first.
SELECT subject, subject_id, agent_id, queue_id, campaign_id, at FROM changes WHERE id > :after ORDER BY id;

-- name: change_log_from
-- At most :at_most rows from a row of the change log on, the oldest first, with their numbers.
SELECT subject, subject_id, agent_id, queue_id, campaign_id, at, id FROM changes
WHERE id >= :first ORDER BY id LIMIT :at_most;
