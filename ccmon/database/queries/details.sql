-- What the details of a row show beyond the snapshot: read when they are opened, never by a poll.

-- fragment: listed_calls
SELECT c.id, c.direction = 'inbound' AS inbound, coalesce(q.name, m.name) AS queue, {whose_call}, c.entered_at,
    c.answered_at, c.ended_at, c.class AS kind, c.wait_ms, c.talk_ms, c.hold_ms,
    iif(c.wrapping_up IS 1, NULL, c.wrap_up_ms) AS wrap_up_ms, c.handled, c.ended_by, c.disposition,
    (
        SELECT n.name FROM call_reasons AS r JOIN contact_reasons AS n ON n.id = r.reason_id
        WHERE r.call_id = c.id ORDER BY r.is_primary DESC, n.id LIMIT 1
    ) AS reason,
    (SELECT count(*) FROM sales AS s WHERE s.call_id = c.id AND s.cancelled_at IS NULL) AS orders,
    (SELECT s.score FROM surveys AS s {last_answer}) AS score, (SELECT s.scale FROM surveys AS s {last_answer}) AS scale
FROM found CROSS JOIN {calls_with_names}
WHERE c.id = found.id
ORDER BY c.entered_at DESC, c.id DESC

-- fragment: answers_with_names
SELECT s.call_id, u.id AS customer_id, coalesce(u.name, c.caller_name) AS customer, q.name AS queue,
    {name_of_agent} AS agent, s.answered_at, s.question, s.score, s.scale, s.comment
FROM found CROSS JOIN surveys AS s ON s.id = found.id LEFT JOIN calls AS c ON c.id = s.call_id
    LEFT JOIN queues AS q ON q.id = c.queue_id LEFT JOIN agents AS a ON a.id = coalesce(s.agent_id, c.agent_id)
    LEFT JOIN customers AS u ON u.id = coalesce(s.customer_id, c.customer_id)
    LEFT JOIN clients AS l ON l.id = q.client_id
WHERE (:client IS NULL OR :client = iif(s.call_id IS NULL, (SELECT l.name {client_of_agents_team} s.agent_id), l.name))
ORDER BY s.answered_at DESC, s.id DESC LIMIT :limit

-- fragment: call_is_of_client
(:client IS NULL OR :client = iif(c.direction = 'inbound',
        (SELECT l.name FROM queues AS q JOIN clients AS l ON l.id = q.client_id WHERE q.id = c.queue_id),
        coalesce(
            (SELECT l.name FROM campaigns AS m JOIN clients AS l ON l.id = m.client_id WHERE m.id = c.campaign_id),
            (SELECT l.name {client_of_agents_team} c.agent_id))))

-- fragment: order_columns
s.call_id, s.sold_at, s.amount_cents, s.currency, s.cancelled_at, m.name AS campaign, {name_of_agent} AS agent,
    s.reference

-- fragment: orders_with_names
sales AS s LEFT JOIN campaigns AS m ON m.id = s.campaign_id LEFT JOIN agents AS a ON a.id = s.agent_id

-- fragment: promise_columns
f.call_id, f.kind, f.created_at, f.promised_at, f.due_at, f.done_at, f.outcome, {name_of_agent} AS owner, f.note

-- fragment: calls_with_names
calls AS c LEFT JOIN queues AS q ON q.id = c.queue_id LEFT JOIN campaigns AS m ON m.id = c.campaign_id
    LEFT JOIN agents AS a ON a.id = c.agent_id LEFT JOIN customers AS u ON u.id = c.customer_id

-- fragment: whose_call
u.id AS customer_id, coalesce(u.name, c.caller_name) AS customer, coalesce(c.caller, u.phone) AS phone, c.agent_id,
    {name_of_agent} AS agent

-- fragment: last_answer
WHERE s.call_id = c.id AND s.question = 'satisfaction' ORDER BY s.answered_at DESC, s.id DESC LIMIT 1

-- fragment: latest_calls
ORDER BY c.entered_at DESC, c.id DESC LIMIT :limit

-- fragment: client_of_agents_team
FROM agents AS w JOIN teams AS t ON t.id = w.team_id JOIN clients AS l ON l.id = t.client_id WHERE w.id =

-- fragment: name_of_agent
coalesce(a.name, a.login)

-- name: detail_states_of_agent
-- States of an agent in the business day, clipped to it, the earliest first. The one in which the day begins is the last
-- that started before; where two sources overlap, one of the 24 hours before that may still go on.
SELECT s.state, s.reason, max(s.started_at, :day_starts_at) AS started_at, min(s.ended_at, :day_ends_at) AS ended_at
FROM agent_states AS s
WHERE s.agent_id = :agent AND s.started_at < :day_ends_at AND s.started_at >= coalesce((
        SELECT max(b.started_at) FROM agent_states AS b
        WHERE b.agent_id = :agent AND b.started_at <= :day_starts_at) - 86400000, 0) AND (s.ended_at IS NULL OR s.ended_at > :day_starts_at)
ORDER BY s.started_at, s.id;

-- name: detail_missed_calls_of_agent
-- Calls of the business day that rang at an agent and were not answered there, the latest first.
SELECT x.call_id, q.name AS queue, coalesce(u.name, c.caller_name) AS customer, coalesce(c.caller, u.phone) AS phone,
    x.missed_at, x.ring_ms, c.answered_at, iif(c.class = 'abandoned', c.ended_at, NULL) AS abandoned_at,
    {name_of_agent} AS answered_by
FROM missed_calls AS x LEFT JOIN calls AS c ON c.id = x.call_id
    LEFT JOIN queues AS q ON q.id = coalesce(x.queue_id, c.queue_id)
    LEFT JOIN agents AS a ON a.id = c.agent_id AND c.answered_at IS NOT NULL
    LEFT JOIN customers AS u ON u.id = c.customer_id
    LEFT JOIN clients AS l ON l.id = q.client_id
WHERE x.agent_id = :agent AND x.missed_at >= :day_starts_at AND x.missed_at < :day_ends_at
    AND (:client IS NULL OR :client = l.name)
ORDER BY x.missed_at DESC, x.id DESC;

-- name: detail_calls_of_agent
-- Calls of an agent that entered in the business day, the latest first.
WITH found AS MATERIALIZED (
    SELECT c.id FROM calls AS c
    WHERE c.agent_id = :agent AND {is_of_day} AND {call_is_of_client}
    {latest_calls}
)
{listed_calls};

-- name: detail_answers_of_agent
-- Survey answers credited to an agent (metrics.md 9.4) since a business day, the latest first.
WITH found AS MATERIALIZED (
    SELECT survey_id AS id FROM counted_answers WHERE since_at >= :since AND since_at < :day_ends_at AND agent_id = :agent
)
{answers_with_names};

-- name: detail_days_of_agent
-- An agent's figures of each business day of a stretch in which the agent has any, the latest first.
SELECT d.date, t.inbound + t.outbound AS handled, t.inbound_talk_ms + t.outbound_talk_ms AS talk_ms,
    t.inbound_hold_ms + t.outbound_hold_ms AS hold_ms, t.inbound_wrap_up_ms + t.outbound_wrap_up_ms AS wrap_up_ms,
    t.missed, t.sales, t.talking_ms, t.wrap_up_ms AS wrapping_up_ms, t.ready_ms, t.paused_ms
FROM business_days AS d CROSS JOIN agent_days AS t ON t.day_at = d.starts_at AND t.agent_id = :agent
WHERE d.starts_at >= :since AND d.starts_at < :day_starts_at
ORDER BY d.starts_at DESC;

-- name: detail_waiting_in_queue
-- Callers who wait in a queue, in their order, with the agents whose telephones ring for them.
SELECT c.id, coalesce(u.name, c.caller_name) AS customer, coalesce(c.caller, u.phone) AS phone, c.entered_at,
    (
        SELECT group_concat({name_of_agent}, ', ') FROM agent_states AS s JOIN agents AS a ON a.id = s.agent_id
        WHERE s.ended_at IS NULL AND s.state = 'ringing' AND s.call_id = c.id
    ) AS ringing
FROM calls AS c INDEXED BY calls_open LEFT JOIN customers AS u ON u.id = c.customer_id
WHERE {is_open_call} AND c.queue_id = :queue AND c.answered_at IS NULL
ORDER BY c.entered_at, c.id;

-- name: detail_past_quarters_of_queue
-- Visits offered to a queue on some business days, a JSON list of dates, by quarter of an hour.
SELECT d.starts_at AS day_starts_at, d.ends_at AS day_ends_at, t.quarter_at, t.offered
FROM json_each(:dates) AS given CROSS JOIN business_days AS d ON d.date = given.value
    CROSS JOIN queue_quarters AS t
    ON t.queue_id = :queue AND t.quarter_at >= d.starts_at AND t.quarter_at < d.ends_at
ORDER BY t.quarter_at;

-- name: detail_calls_of_customer
-- Calls from and to a customer, and from and to a number where nobody knows whose they are; the latest first.
WITH found AS MATERIALIZED (
    SELECT c.id FROM (
        SELECT id, entered_at, direction, queue_id, campaign_id, agent_id FROM calls WHERE customer_id = :customer
        UNION ALL
        SELECT c.id, c.entered_at, c.direction, c.queue_id, c.campaign_id, c.agent_id
        FROM (SELECT :phone AS number UNION SELECT phone FROM customers WHERE id = :customer) AS given
            CROSS JOIN calls AS c INDEXED BY calls_by_number ON c.caller = given.number
        WHERE c.customer_id IS NULL
    ) AS c
    WHERE {call_is_of_client}
    {latest_calls}
)
{listed_calls};

-- name: detail_orders_of_customer
-- Orders of a customer, cancelled ones too, the latest first.
SELECT {order_columns}
FROM {orders_with_names}
WHERE s.customer_id = :customer AND (:client IS NULL OR :client = coalesce(
        (SELECT l.name FROM clients AS l WHERE l.id = m.client_id), (SELECT l.name {client_of_agents_team} s.agent_id)))
ORDER BY s.sold_at DESC, s.id DESC LIMIT :limit;

-- name: detail_promises_of_customer
-- Follow-ups for a customer, settled ones too, the one promised last first.
SELECT {promise_columns}
FROM follow_ups AS f LEFT JOIN agents AS a ON a.id = f.agent_id
WHERE f.customer_id = :customer AND (:client IS NULL OR :client = (SELECT l.name {client_of_agents_team} f.agent_id))
ORDER BY f.created_at DESC, f.id DESC LIMIT :limit;

-- name: detail_answers_of_customer
-- Survey answers of a customer, the latest first.
WITH found AS MATERIALIZED (
    SELECT s.id FROM surveys AS s WHERE s.customer_id = :customer
    UNION
    SELECT s.id FROM calls AS c CROSS JOIN surveys AS s ON s.call_id = c.id
    WHERE c.customer_id = :customer AND s.customer_id IS NULL
)
{answers_with_names};

-- name: detail_visits_of_call
-- The visits of the phone call to which a visit belongs, the earliest first.
SELECT c.id, c.direction = 'inbound' AS inbound, coalesce(q.name, m.name) AS queue, {whose_call}, c.entered_at,
    c.answered_at, c.ended_at, iif(c.wrapping_up IS 1, NULL, c.wrapped_up_at) AS wrapped_up_at, c.class AS kind,
    c.hold_ms, c.ended_by, c.disposition,
    (
        SELECT group_concat(n.name, ', ') FROM call_reasons AS r JOIN contact_reasons AS n ON n.id = r.reason_id
        WHERE r.call_id = c.id
    ) AS reasons
FROM {calls_with_names}
WHERE c.id IN (SELECT v.id FROM calls AS g JOIN calls AS v ON v.source = g.source AND v.call_id = g.call_id WHERE g.id = :call) AND {call_is_of_client}
ORDER BY c.entered_at, c.visit, c.id;

-- name: detail_states_of_call
-- Ringing telephones and holds of some visits, a JSON list, from the first on, the earliest first.
SELECT s.state, s.agent_id, {name_of_agent} AS agent, s.started_at, s.ended_at
FROM agent_states AS s INDEXED BY agent_states_by_start JOIN agents AS a ON a.id = s.agent_id
WHERE s.started_at >= :since AND s.started_at <= :until AND s.state IN ('ringing', 'hold')
    AND s.call_id IN (SELECT value FROM json_each(:visits))
ORDER BY s.started_at, s.id;

-- name: detail_missed_of_call
-- Agents who did not answer some visits, a JSON list, the earliest first.
SELECT x.agent_id, {name_of_agent} AS agent, x.missed_at, x.ring_ms
FROM missed_calls AS x INDEXED BY missed_calls_by_moment JOIN agents AS a ON a.id = x.agent_id
WHERE x.missed_at >= :since AND x.missed_at <= :until AND x.call_id IN (SELECT value FROM json_each(:visits))
ORDER BY x.missed_at, x.id;

-- name: detail_orders_of_call
-- Orders of some visits, a JSON list.
SELECT {order_columns}
FROM {orders_with_names}
WHERE s.call_id IN (SELECT value FROM json_each(:visits))
ORDER BY s.sold_at, s.id;

-- name: detail_promises_of_call
-- Follow-ups that came of some visits, a JSON list.
SELECT {promise_columns}
FROM follow_ups AS f LEFT JOIN agents AS a ON a.id = f.agent_id
WHERE f.call_id IN (SELECT value FROM json_each(:visits))
ORDER BY f.created_at, f.id;

-- name: detail_answers_of_call
-- Survey answers about some visits, a JSON list, the latest first.
WITH found AS MATERIALIZED (
    SELECT s.id FROM json_each(:visits) AS given CROSS JOIN surveys AS s ON s.call_id = given.value
)
{answers_with_names};
