-- Rows as ccmon export writes them: what rows name is put in by name, and {conditions} by what is asked for.

-- fragment: reference_of_customer
(SELECT coalesce(reference, 'ccmon:' || id) FROM customers WHERE id = r.customer_id)

-- fragment: login_of_agent
(SELECT login FROM agents WHERE id = r.agent_id)

-- fragment: name_of_team
(SELECT t.name FROM agents AS a JOIN teams AS t ON t.id = a.team_id WHERE a.id = r.agent_id)

-- fragment: client_of_team
(SELECT t.client_id FROM agents AS a JOIN teams AS t ON t.id = a.team_id WHERE a.id = r.agent_id)

-- fragment: client_of_campaign
(SELECT client_id FROM campaigns WHERE id = r.campaign_id)

-- fragment: client_of_queue
(SELECT client_id FROM queues WHERE id = r.queue_id)

-- fragment: sums_of_quarters
sum(r.offered) AS offered, sum(r.answered) AS answered, sum(r.answered_in_threshold) AS answered_in_threshold,
    sum(r.answered_without_wait) AS answered_without_wait, sum(r.abandoned) AS abandoned,
    sum(r.short_abandoned) AS short_abandoned, sum(r.timed_out) AS timed_out, sum(r.no_agents) AS no_agents,
    sum(r.diverted) AS diverted, sum(r.unknown) AS unknown, sum(r.answered_wait_ms) AS answered_wait,
    sum(r.abandoned_wait_ms) AS abandoned_wait, sum(r.handled) AS handled, sum(r.cut_off) AS cut_off,
    sum(r.talk_ms) AS talk, sum(r.hold_ms) AS hold, sum(r.wrap_up_ms) AS wrap_up

-- fragment: quarters_of_days
business_days AS d CROSS JOIN queues AS q
    CROSS JOIN queue_quarters AS r ON r.queue_id = q.id AND r.quarter_at >= d.starts_at AND r.quarter_at < d.ends_at
        AND d.ends_at > :since AND d.starts_at < :until
    LEFT JOIN queue_days AS t ON t.queue_id = q.id AND t.day_at = d.starts_at

-- name: exported_rows
-- Rows of a table as an import takes them; columns, table and order are put in by its spec.
SELECT {columns} FROM {table} AS r WHERE {conditions} ORDER BY {order};

-- name: exported_count
-- How many rows of a table there are to export.
SELECT count(*) FROM {table} AS r WHERE {conditions};

-- name: exported_reference
-- The site's own number of a row; where it has none, one made of the number of the row.
coalesce(r.reference, 'ccmon:' || r.id)

-- name: exported_survey_reference
-- As of any row; but an answer that is known by its call and question needs none.
coalesce(r.reference, iif(
    r.call_id IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM surveys AS s
        WHERE s.call_id = r.call_id AND s.question = r.question AND s.reference IS NULL AND s.id < r.id
    ), NULL, 'ccmon:' || r.id))

-- name: exported_client
-- Name of a row's client.
(SELECT name FROM clients WHERE id = r.client_id)

-- name: exported_team
-- Name of a row's team.
(SELECT name FROM teams WHERE id = r.team_id)

-- name: exported_queue
-- Name of a row's queue.
(SELECT name FROM queues WHERE id = r.queue_id)

-- name: exported_campaign
-- Name of a row's campaign.
(SELECT name FROM campaigns WHERE id = r.campaign_id)

-- name: exported_reason
-- Name of a row's contact reason.
(SELECT name FROM contact_reasons WHERE id = r.reason_id)

-- name: exported_agent
-- Login of a row's agent.
{login_of_agent}

-- name: exported_customer
-- Reference of a row's customer; where there is none, one made of the number of the customer's row.
{reference_of_customer}

-- name: exported_call
-- The source's call id of a row's call.
(SELECT call_id FROM calls WHERE id = r.call_id)

-- name: exported_source
-- The source of a row's call.
(SELECT source FROM calls WHERE id = r.call_id)

-- name: exported_visit
-- Which visit of its call a row is about.
(SELECT visit FROM calls WHERE id = r.call_id)

-- name: exported_scope
-- Name of what a quota is for; none for the centre.
CASE r.scope
    WHEN 'client' THEN (SELECT name FROM clients WHERE id = r.scope_id)
    WHEN 'team' THEN (SELECT name FROM teams WHERE id = r.scope_id)
    WHEN 'agent' THEN (SELECT login FROM agents WHERE id = r.scope_id)
    WHEN 'campaign' THEN (SELECT name FROM campaigns WHERE id = r.scope_id)
END

-- name: exported_moment_of_call
-- When a row's call came in.
(SELECT entered_at FROM calls WHERE id = r.call_id)

-- name: exported_calls
-- Calls. The outcome is the one that counts; a call that was cut off has no end, since nobody has seen it.
SELECT r.call_id, r.visit, r.source, r.direction, (SELECT name FROM queues WHERE id = r.queue_id) AS queue,
    (SELECT name FROM campaigns WHERE id = r.campaign_id) AS campaign, {login_of_agent} AS agent,
    {reference_of_customer} AS customer, r.caller, r.caller_name, r.entered_at, r.answered_at,
    iif(r.cut_off, NULL, r.ended_at) AS ended_at, iif(r.cut_off, NULL, r.wrapped_up_at) AS wrapped_up_at,
    r.hold_ms AS hold,
    CASE
        WHEN r.cut_off THEN 'unknown'
        WHEN r.served_at IS NOT NULL THEN 'answered'
        WHEN r.ended_at IS NULL THEN r.outcome
        ELSE coalesce(r.outcome, 'unknown')
    END AS outcome,
    r.ended_by, r.disposition, r.right_party, r.wait_ms AS wait, r.talk_ms AS talk,
    iif(r.cut_off, NULL, r.wrap_up_ms) AS wrap_up
FROM calls AS r WHERE {conditions} ORDER BY r.entered_at, r.source, r.call_id, r.visit;

-- name: exported_agent_states
-- What agents did, interval by interval.
SELECT {login_of_agent} AS agent, (SELECT name FROM agents WHERE id = r.agent_id) AS name, {name_of_team} AS team,
    r.state, r.reason, r.started_at, r.ended_at, r.ended_at - r.started_at AS length,
    c.call_id AS call, c.visit, c.source AS call_source, r.source
FROM agent_states AS r LEFT JOIN calls AS c ON c.id = r.call_id WHERE {conditions} ORDER BY r.started_at, r.id;

-- name: exported_queue_days
-- Totals of queues by business day.
SELECT d.date AS day, q.name AS queue, {sums_of_quarters},
    t.service_level_threshold_ms AS service_level_threshold, t.service_level_target, t.short_abandon_ms AS short_abandon
FROM {quarters_of_days}
WHERE {conditions} GROUP BY d.starts_at, q.id HAVING sum(r.offered) > 0 ORDER BY d.starts_at, q.name;

-- name: exported_queue_quarters
-- Totals of queues by quarter of an hour.
SELECT d.date AS day, r.quarter_at AS starts_at, q.name AS queue, {sums_of_quarters},
    t.service_level_threshold_ms AS service_level_threshold, t.service_level_target, t.short_abandon_ms AS short_abandon
FROM {quarters_of_days}
WHERE {conditions} GROUP BY r.quarter_at, q.id HAVING sum(r.offered) > 0 ORDER BY r.quarter_at, q.name;

-- name: exported_agent_days
-- Totals of agents by business day; without an agent: what is nobody's.
SELECT d.date AS day, {login_of_agent} AS agent, (SELECT name FROM agents WHERE id = r.agent_id) AS name,
    {name_of_team} AS team, r.inbound, r.outbound, r.inbound_talk_ms AS inbound_talk, r.inbound_hold_ms AS inbound_hold,
    r.inbound_wrap_up_ms AS inbound_wrap_up, r.outbound_talk_ms AS outbound_talk, r.outbound_hold_ms AS outbound_hold,
    r.outbound_wrap_up_ms AS outbound_wrap_up, r.missed, r.ready_ms AS ready, r.paused_ms AS paused,
    r.talking_ms AS talking, r.other_ms AS other, r.hold_ms AS hold, r.wrap_up_ms AS wrap_up, r.sales_calls,
    r.converted, r.sales, r.revenue_cents AS revenue
FROM agent_days AS r JOIN business_days AS d ON d.starts_at = r.day_at
WHERE {conditions} ORDER BY r.day_at, agent IS NULL, agent;

-- name: of_queue
-- The row is of one queue.
r.queue_id = :queue

-- name: of_source
-- The call is of one source.
r.source = :source

-- name: of_queue_of_call
-- The row's call is of one queue.
(SELECT queue_id FROM calls WHERE id = r.call_id) = :queue

-- name: of_team
-- The row's agent is in one team.
(SELECT team_id FROM agents WHERE id = r.agent_id) = :team

-- name: of_client_of_queue
-- The row's queue is of one client.
{client_of_queue} = :client

-- name: of_client_of_team
-- The team of the row's agent works for one client.
{client_of_team} = :client

-- name: of_client_of_sale
-- The campaign of a sale is of one client; without one, the team of its agent works for that client.
coalesce({client_of_campaign}, {client_of_team}) = :client

-- name: of_client_of_call
-- An inbound call is of a queue of one client; an outbound one as a sale.
iif(r.direction = 'inbound', {client_of_queue}, coalesce({client_of_campaign}, {client_of_team})) = :client

-- name: of_client_of_survey
-- The queue of the row's call is of one client; without a call, the team of its agent works for that client.
iif(r.call_id IS NULL, {client_of_team},
    (SELECT q.client_id FROM calls AS c JOIN queues AS q ON q.id = c.queue_id WHERE c.id = r.call_id)) = :client
