-- The rows behind a figure, as they were known at :at: what counts for it (1), against it (0), and neither (NULL). The
-- names in braces are the conditions of the columns in definitions.py, so that what is listed is what is counted.

-- One row of all that is listed, with how many there are.
-- name: proof
SELECT at, who, queue, agent, what, wait_ms, spent_ms, counts, count(*) OVER () AS in_all,
    count(*) FILTER (WHERE counts = 1) OVER () AS in_favour, count(*) FILTER (WHERE counts = 0) OVER () AS against
FROM (
    {rows}
)
ORDER BY counts IS NULL, counts, at DESC, id DESC
LIMIT :limit OFFSET :offset

-- Calls of a business day: who called, where, who answered, how it ended, the wait so far, and the handling time.
-- name: proof_of_calls
WITH call AS MATERIALIZED (
    {known}
)
SELECT call.id, call.entered_at AS at, coalesce((SELECT name FROM customers WHERE id = call.customer_id), call.caller_name,
        call.caller) AS who,
    coalesce((SELECT name FROM queues WHERE id = call.queue_id), (SELECT name FROM campaigns WHERE id = call.campaign_id))
        AS queue,
    {agent} AS agent,
    CASE
        WHEN {cut_off} THEN 'cut off'
        WHEN {answered} AND NOT call.handled THEN 'not over yet'
        WHEN {short_abandoned} THEN 'short abandon'
        WHEN {no_agents} THEN 'nobody to serve'
        WHEN {open} THEN iif({is_waiting}, 'waiting', 'unknown')
        ELSE replace(call.class, '_', ' ') END AS what,
    iif({is_waiting}, (:known_until / 1000 - call.entered_at / 1000) * 1000, call.wait_ms) AS wait_ms,
    iif(call.handled, call.talk_ms + coalesce(call.hold_ms, 0) + call.wrap_up_ms, NULL) AS spent_ms,
    {counts} AS counts
FROM call
WHERE {listed} AND {scope}

-- name: agent
(SELECT coalesce(name, login) FROM agents WHERE id = agent_id)
-- name: calls_known
id, caller, caller_name, customer_id,
-- name: open
call.class = 'open'
-- name: is_waiting
(call.class = 'open' AND call.entered_at > :at - :max_open_ms)
-- name: of_queues
(call.entered_at >= :since AND {of_queue} AND call.queue_id IN (SELECT value FROM json_each(:ids)))
-- name: of_agents
(call.entered_at >= :since AND call.agent_id IN (SELECT value FROM json_each(:ids)))
-- name: of_teams
(call.entered_at >= :since
    AND call.agent_id IN (SELECT id FROM agents WHERE team_id IN (SELECT value FROM json_each(:ids))))
-- name: of_all
call.entered_at >= :since

-- What each figure counts, and which calls are listed.
-- name: service_level_counts
CASE
        WHEN {answered_in_threshold} THEN 1
        WHEN {answered_without_wait} OR {short_abandoned} OR {diverted} OR {unknown} THEN NULL
        WHEN {open} THEN iif({is_waiting} AND (:known_until / 1000 - call.entered_at / 1000) * 1000 > {threshold_ms}, 0, NULL)
        ELSE 0 END
-- name: service_level_listed
true
-- name: service_level_ended_counts
CASE
        WHEN {answered_in_threshold} THEN 1
        WHEN {answered_without_wait} OR {short_abandoned} OR {diverted} OR {unknown} OR {open} THEN NULL
        ELSE 0 END
-- name: service_level_ended_listed
true
-- name: offered_counts
1
-- name: offered_listed
true
-- name: answered_counts
1
-- name: answered_listed
{answered}
-- name: lost_counts
iif({short_abandoned}, NULL, 1)
-- name: lost_listed
({abandoned} OR {timed_out} OR {no_agents})
-- name: abandonment_counts
CASE
        WHEN {short_abandoned} OR {unknown} OR {open} THEN NULL
        WHEN {abandoned} THEN 1
        ELSE 0 END
-- name: abandonment_listed
true
-- name: asa_counts
iif({answered_without_wait}, NULL, 1)
-- name: asa_listed
{answered}
-- name: aht_counts
iif(call.handled, 1, NULL)
-- name: aht_listed
{answered}
-- name: waiting_counts
1
-- name: waiting_listed
{open}
-- name: talking_counts
1
-- name: talking_listed
(call.answered_at IS NOT NULL AND call.ended_at IS NULL AND NOT {cut_off})
-- name: handled_counts
iif(call.handled, 1, NULL)
-- name: handled_listed
{answered}
-- name: inbound_counts
iif(call.handled, 1, NULL)
-- name: inbound_listed
({answered} AND call.direction = 'inbound')
-- name: outbound_counts
iif(call.handled, 1, NULL)
-- name: outbound_listed
({answered} AND call.direction = 'outbound')

-- Calls that rang at an agent and were not answered; those that rang for less than a second do not count.
-- name: proof_of_missed
SELECT id, missed_at AS at, (
        SELECT coalesce((SELECT name FROM customers WHERE id = c.customer_id), c.caller_name, c.caller)
        FROM calls AS c WHERE c.id = missed_call.call_id) AS who,
    (SELECT name FROM queues WHERE id = queue_id) AS queue, {agent} AS agent, 'missed' AS what, ring_ms AS wait_ms,
    NULL AS spent_ms, iif({missed}, 1, NULL) AS counts
FROM missed_calls AS missed_call
WHERE agent_id IN (SELECT value FROM json_each(:ids)) AND missed_at >= :day_starts_at AND missed_at < :day_ends_at
    AND missed_at <= :at

-- States of an agent, of each the time within the business day. Whoever is on a call of which no end was reported is
-- ready since it counts as orphaned (metrics.md 1.5).
-- name: proof_of_agent_states
WITH known AS MATERIALIZED (
    SELECT s.id, s.agent_id, s.reason, c.queue_id, c.campaign_id, iif(s.ended_at <= :at, s.ended_at, NULL) AS ended_at,
        (s.ended_at IS NULL OR s.ended_at > :at) AND s.state IN ('ringing', 'dialling', 'talking', 'hold')
            AND c.entered_at <= :at - :max_open_ms AS is_orphaned, s.state, s.started_at, c.entered_at
    FROM agent_states AS s LEFT JOIN calls AS c ON c.id = s.call_id
    WHERE s.agent_id IN (SELECT value FROM json_each(:ids)) AND s.started_at <= :at AND s.started_at < :day_ends_at
        AND (s.ended_at IS NULL OR (s.ended_at > :day_starts_at AND s.ended_at > s.started_at))
), state AS MATERIALIZED (
    SELECT id, agent_id, ended_at, iif(is_orphaned, 'ready', state) AS state,
        max(iif(is_orphaned, entered_at + :max_open_ms, started_at), :day_starts_at) AS started_at,
        iif(is_orphaned, NULL, reason) AS reason, iif(is_orphaned, NULL, queue_id) AS queue_id,
        iif(is_orphaned, NULL, campaign_id) AS campaign_id
    FROM known
)
SELECT id, started_at AS at, NULL AS who,
    coalesce((SELECT name FROM queues WHERE id = queue_id), (SELECT name FROM campaigns WHERE id = campaign_id)) AS queue,
    {agent} AS agent,
    iif(state = 'paused' AND reason IS NOT NULL, reason, replace(replace(state, 'unavailable', 'unreachable'), '_', ' '))
        AS what,
    NULL AS wait_ms, max(0, min(coalesce(ended_at, :known_until), :day_ends_at) - started_at) AS spent_ms,
    {counts} AS counts
FROM state
WHERE {listed}
-- name: states_counts
iif(state = 'logged_out', NULL, 1)
-- name: states_listed
true
-- name: pauses_counts
1
-- name: pauses_listed
state = 'paused'
-- name: occupancy_counts
CASE WHEN state IN ('talking', 'hold', 'wrap_up') THEN 1 WHEN state = 'ready' THEN 0 END
-- name: occupancy_listed
state <> 'logged_out'

-- Orders of agents, as they stood; the id 0 stands for everybody, and nobody.
-- name: whose
(agent_id IN (SELECT value FROM json_each(:ids)) OR 0 IN (SELECT value FROM json_each(:ids)))
-- name: proof_of_sales
SELECT s.id, s.sold_at AS at, (SELECT name FROM customers WHERE id = s.customer_id) AS who,
    (SELECT name FROM campaigns WHERE id = s.campaign_id) AS queue, {agent} AS agent,
    iif(s.cancelled_at <= :at, 'cancelled', 'sale') AS what, NULL AS wait_ms, NULL AS spent_ms,
    iif(s.cancelled_at <= :at, NULL, 1) AS counts
FROM sales AS s
WHERE {whose} AND s.sold_at >= :day_starts_at AND s.sold_at < :day_ends_at
    AND s.sold_at <= :at

-- Sales calls of agents, and what else converts: an order without a call, or on a call that somebody else answered.
-- name: proof_of_conversion
WITH call AS MATERIALIZED (
    {known}
), sale AS MATERIALIZED (
    SELECT min(sale.id) AS id, sale.call_id, min(sale.sold_at) AS sold_at, sale.customer_id, sale.campaign_id, sale.agent_id
    FROM sales AS sale
    WHERE {whose} AND sale.sold_at >= :day_starts_at
        AND sale.sold_at < :day_ends_at AND sale.sold_at <= :at AND (sale.cancelled_at > :at OR sale.cancelled_at IS NULL)
        AND {converts}
    GROUP BY coalesce(sale.call_id, -sale.id), sale.agent_id
), own AS MATERIALIZED (
    SELECT * FROM call
    WHERE {answered} AND {is_sales_call} AND {whose}
)
SELECT c.id, c.entered_at AS at, coalesce((SELECT name FROM customers WHERE id = c.customer_id), c.caller_name, c.caller)
        AS who,
    coalesce((SELECT name FROM queues WHERE id = c.queue_id), (SELECT name FROM campaigns WHERE id = c.campaign_id)) AS queue,
    {agent} AS agent,
    iif(EXISTS (SELECT 1 FROM sale WHERE call_id = c.id), 'converted', 'no sale') AS what, c.wait_ms,
    iif(c.handled, c.talk_ms + coalesce(c.hold_ms, 0) + c.wrap_up_ms, NULL) AS spent_ms,
    EXISTS (SELECT 1 FROM sale WHERE call_id = c.id) AS counts
FROM own AS c
UNION ALL
SELECT -s.id, s.sold_at, (SELECT name FROM customers WHERE id = s.customer_id),
    (SELECT name FROM campaigns WHERE id = s.campaign_id), {agent},
    iif(s.call_id IS NULL, 'sale without a call', 'sale on another call'), NULL, NULL, 1
FROM sale AS s
WHERE s.call_id IS NULL OR s.call_id NOT IN (SELECT id FROM own)

-- Answers to a question about queues, agents or teams, of the business days of 28 days.
-- name: proof_of_answers
SELECT survey_id AS id, answered_at AS at, (
        SELECT coalesce(u.name, c.caller_name, c.caller) FROM surveys AS s LEFT JOIN calls AS c ON c.id = s.call_id
            LEFT JOIN customers AS u ON u.id = coalesce(s.customer_id, c.customer_id)
        WHERE s.id = survey_id) AS who,
    (SELECT name FROM queues WHERE id = queue_id) AS queue, {agent} AS agent, score || ' of ' || scale AS what,
    NULL AS wait_ms, NULL AS spent_ms, {counts} AS counts
FROM (
    {answers}
)
WHERE question = {question} AND since_at >= :answers_since AND since_at < :day_ends_at AND {scope}
-- name: satisfaction_counts
score >= iif(scale <= 3, scale, scale - 1)
-- name: satisfaction_question
'satisfaction'
-- name: nps_counts
CASE WHEN score >= 9 THEN 1 WHEN score <= 6 THEN 0 END
-- name: nps_question
'recommend'
-- name: answers_of_queues
queue_id IN (SELECT value FROM json_each(:ids))
-- name: answers_of_agents
agent_id IN (SELECT value FROM json_each(:ids))
-- name: answers_of_teams
agent_id IN (SELECT id FROM agents WHERE team_id IN (SELECT value FROM json_each(:ids)))
-- name: answers_of_all
true
