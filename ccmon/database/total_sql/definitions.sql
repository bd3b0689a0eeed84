-- What each total counts, once. Of it are made the triggers that keep the totals (`triggers.py`), the recount of
-- `ccmon doctor`, and the totals as of an earlier moment (`queries.py`).
--
-- call, state, missed_call and sale are a row of calls, agent_states, missed_calls and sales as it is known: now, or as of
-- an earlier moment, when whatever came later is NULL. `day` is the row of business_days that it counts in: that of
-- entered_at, missed_at or sold_at, and for a state, of which only its closed intervals are seen, each day that it touches.
--
-- A total is an aggregate query for each counted table that it adds up. Columns without an aggregate are its key. The others are
-- count(*) and sum(x), with or without FILTER, count(DISTINCT column), or these with + between them: what can be counted
-- out again. A sum of nothing is 0.

-- Columns that the table calls generates (metrics.md 1.5, 2), here for earlier moments. served_at is the moment from which
-- it is known that the call was answered: of the answer, or of the end of one that was served without it.
-- column: call.class
CASE
    WHEN served_at IS NOT NULL THEN 'answered'
    WHEN outcome = 'unknown' THEN 'unknown'
    WHEN outcome = 'blocked' THEN 'blocked'
    WHEN ended_at IS NULL THEN 'open'
    WHEN outcome = 'abandoned' THEN 'abandoned'
    WHEN outcome = 'timeout' THEN 'timed_out'
    WHEN outcome IN ('no_agents', 'incompatible') THEN 'no_agents'
    WHEN outcome IN ('exit_key', 'withdrawn') THEN 'diverted'
    ELSE 'unknown' END
-- column: call.wait_ms
max(0, iif(served_at IS NULL, ended_at, answered_at) / 1000 - entered_at / 1000) * 1000
-- column: call.cut_off
outcome IS 'unknown' AND answered_at IS NOT NULL
-- column: call.handled
answered_at IS NOT NULL AND ended_at IS NOT NULL AND NOT cut_off AND wrapping_up IS NOT 1
-- column: call.talk_ms
iif(cut_off, NULL, max(0, ended_at - answered_at - coalesce(hold_ms, 0)))
-- column: call.wrap_up_ms
max(0, coalesce(wrapped_up_at, ended_at) - ended_at)

-- Expressions, for what the totals need of a row and no table holds.
-- expression: call.quarter_at
call.entered_at - call.entered_at % 900000
-- The targets are those at the start of the day (metrics.md 1.9); a queue without a row of its own has the usual ones.
-- expression: call.threshold_ms
coalesce((
    SELECT service_level_threshold_ms FROM queue_days WHERE queue_id = call.queue_id AND day_at = day.starts_at), 20000)
-- expression: call.short_ms
coalesce((SELECT short_abandon_ms FROM queue_days WHERE queue_id = call.queue_id AND day_at = day.starts_at), 5000)
-- expression: call.handling_s
(call.talk_ms + coalesce(call.hold_ms, 0) + call.wrap_up_ms) / 1000
-- expression: call.is_sales_call
iif(call.direction = 'inbound', (SELECT purpose FROM queues WHERE id = call.queue_id) = 'sales', call.right_party = 1)
-- expression: state.spent_ms
min(state.ended_at, day.ends_at) - max(state.started_at, day.starts_at)
-- expression: sale.is_in_site_currency
sale.currency IS NULL OR sale.currency = (SELECT currency FROM site WHERE id = 1)

-- total: queue_quarters
SELECT
    call.queue_id AS queue_id,
    call.quarter_at AS quarter_at,
    count(*) AS offered,
    count(*) FILTER (WHERE call.class = 'answered') AS answered,
    count(*) FILTER (WHERE call.class = 'answered' AND call.wait_ms <= call.threshold_ms) AS answered_in_threshold,
    count(*) FILTER (WHERE call.class = 'abandoned') AS abandoned,
    count(*) FILTER (WHERE call.class = 'abandoned' AND call.wait_ms <= call.short_ms) AS short_abandoned,
    count(*) FILTER (WHERE call.class = 'timed_out') AS timed_out,
    count(*) FILTER (WHERE call.class = 'no_agents') AS no_agents,
    count(*) FILTER (WHERE call.class = 'diverted') AS diverted,
    count(*) FILTER (WHERE call.class = 'unknown') AS unknown,
    sum(call.wait_ms) FILTER (WHERE call.class = 'answered') AS answered_wait_ms,
    sum(call.wait_ms) FILTER (WHERE call.class = 'abandoned' AND call.wait_ms > call.short_ms) AS abandoned_wait_ms,
    count(*) FILTER (WHERE call.handled) AS handled,
    sum(call.talk_ms) FILTER (WHERE call.handled) AS talk_ms,
    sum(call.hold_ms) FILTER (WHERE call.handled) AS hold_ms,
    sum(call.wrap_up_ms) FILTER (WHERE call.handled) AS wrap_up_ms,
    count(*) FILTER (WHERE call.cut_off) AS cut_off,
    count(*) FILTER (WHERE call.class = 'answered' AND call.wait_ms IS NULL) AS answered_without_wait
FROM call
WHERE call.direction = 'inbound' AND call.queue_id IS NOT NULL AND call.class <> 'blocked'

-- total: wait_histogram
SELECT
    call.queue_id AS queue_id,
    day.starts_at AS day_at,
    call.wait_ms / 1000 AS wait_s,
    count(*) AS visits
FROM call
WHERE call.direction = 'inbound' AND call.queue_id IS NOT NULL AND call.wait_ms IS NOT NULL
    AND call.class IN ('answered', 'abandoned', 'timed_out', 'no_agents', 'diverted')

-- total: handling_histogram
SELECT
    day.starts_at AS day_at,
    call.direction AS direction,
    coalesce(call.queue_id, 0) AS queue_id,
    call.handling_s - iif(call.handling_s < 600, 0, call.handling_s % 10) AS handling_s,
    count(*) AS calls
FROM call
WHERE call.handled

-- total: agent_days
SELECT
    day.starts_at AS day_at,
    coalesce(call.agent_id, 0) AS agent_id,
    count(*) FILTER (WHERE call.handled AND call.direction = 'inbound') AS inbound,
    count(*) FILTER (WHERE call.handled AND call.direction = 'outbound') AS outbound,
    sum(call.talk_ms) FILTER (WHERE call.handled AND call.direction = 'inbound') AS inbound_talk_ms,
    sum(call.hold_ms) FILTER (WHERE call.handled AND call.direction = 'inbound') AS inbound_hold_ms,
    sum(call.wrap_up_ms) FILTER (WHERE call.handled AND call.direction = 'inbound') AS inbound_wrap_up_ms,
    sum(call.talk_ms) FILTER (WHERE call.handled AND call.direction = 'outbound') AS outbound_talk_ms,
    sum(call.hold_ms) FILTER (WHERE call.handled AND call.direction = 'outbound') AS outbound_hold_ms,
    sum(call.wrap_up_ms) FILTER (WHERE call.handled AND call.direction = 'outbound') AS outbound_wrap_up_ms,
    count(*) FILTER (WHERE call.is_sales_call) AS sales_calls
FROM call
WHERE call.class = 'answered'

-- total: agent_days
SELECT
    day.starts_at AS day_at,
    missed_call.agent_id AS agent_id,
    count(*) AS missed
FROM missed_call
WHERE missed_call.ring_ms >= 1000

-- A day that an agent spent logged out has a row, too: it counts among the days that a usual day is the mean of.
-- total: agent_days
SELECT
    day.starts_at AS day_at,
    state.agent_id AS agent_id,
    sum(state.spent_ms) FILTER (WHERE state.state = 'ready') AS ready_ms,
    sum(state.spent_ms) FILTER (WHERE state.state = 'paused') AS paused_ms,
    sum(state.spent_ms) FILTER (WHERE state.state IN ('talking', 'hold')) AS talking_ms,
    sum(state.spent_ms) FILTER (WHERE state.state IN ('ringing', 'dialling', 'wrap_up', 'unavailable')) AS other_ms,
    sum(state.spent_ms) FILTER (WHERE state.state = 'hold') AS hold_ms,
    sum(state.spent_ms) FILTER (WHERE state.state = 'wrap_up') AS wrap_up_ms
FROM state

-- total: agent_days
SELECT
    day.starts_at AS day_at,
    coalesce(sale.agent_id, 0) AS agent_id,
    count(DISTINCT sale.call_id) + count(*) FILTER (WHERE sale.call_id IS NULL) AS converted,
    count(*) AS sales,
    sum(sale.amount_cents) FILTER (WHERE sale.is_in_site_currency) AS revenue_cents
FROM sale
WHERE sale.cancelled_at IS NULL

-- total: campaign_days
SELECT
    day.starts_at AS day_at,
    call.campaign_id AS campaign_id,
    count(*) AS attempts,
    count(*) FILTER (WHERE call.class = 'answered') AS contacts,
    count(*) FILTER (WHERE call.class = 'answered' AND call.right_party = 1) AS sales_calls
FROM call
WHERE call.direction = 'outbound' AND call.campaign_id IS NOT NULL

-- total: campaign_days
SELECT
    day.starts_at AS day_at,
    sale.campaign_id AS campaign_id,
    count(DISTINCT sale.call_id) + count(*) FILTER (WHERE sale.call_id IS NULL) AS converted,
    count(*) AS sales,
    sum(sale.amount_cents) FILTER (WHERE sale.is_in_site_currency) AS revenue_cents
FROM sale
WHERE sale.cancelled_at IS NULL AND sale.campaign_id IS NOT NULL
