-- What agent_days should say, for the business days in [:first_at, :last_at): calls by entry, states cut at the edges of
-- the day, missed calls and sales by their own moments.
WITH
days AS (
    SELECT starts_at, ends_at FROM business_days WHERE starts_at >= :first_at AND starts_at < :last_at
),
parts (day_at, agent_id, inbound, outbound, inbound_talk_ms, inbound_hold_ms, inbound_wrap_up_ms, outbound_talk_ms,
       outbound_hold_ms, outbound_wrap_up_ms, sales_calls, missed, ready_ms, paused_ms, talking_ms, other_ms, converted,
       sales, revenue_cents, hold_ms, wrap_up_ms) AS (
    SELECT
        d.starts_at, coalesce(c.agent_id, 0),
        sum(c.direction = 'inbound' AND c.handled),
        sum(c.direction = 'outbound' AND c.handled),
        sum(iif(c.direction = 'inbound' AND c.handled, c.talk_ms, 0)),
        sum(iif(c.direction = 'inbound' AND c.handled, coalesce(c.hold_ms, 0), 0)),
        sum(iif(c.direction = 'inbound' AND c.handled, c.wrap_up_ms, 0)),
        sum(iif(c.direction = 'outbound' AND c.handled, c.talk_ms, 0)),
        sum(iif(c.direction = 'outbound' AND c.handled, coalesce(c.hold_ms, 0), 0)),
        sum(iif(c.direction = 'outbound' AND c.handled, c.wrap_up_ms, 0)),
        sum(iif(c.direction = 'inbound', q.purpose IS 'sales', c.right_party IS 1)),
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0
    FROM days AS d
    JOIN calls AS c INDEXED BY calls_by_entry ON c.entered_at >= d.starts_at AND c.entered_at < d.ends_at
    LEFT JOIN queues AS q ON q.id = c.queue_id
    WHERE c.class = 'answered'
    GROUP BY 1, 2

    UNION ALL
    SELECT d.starts_at, m.agent_id, 0, 0, 0, 0, 0, 0, 0, 0, 0, count(*), 0, 0, 0, 0, 0, 0, 0, 0, 0
    FROM days AS d
    JOIN missed_calls AS m INDEXED BY missed_calls_by_moment ON m.missed_at >= d.starts_at AND m.missed_at < d.ends_at
    WHERE m.ring_ms >= 1000
    GROUP BY 1, 2

    UNION ALL
    SELECT
        d.starts_at, s.agent_id, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        sum(iif(s.state = 'ready', min(s.ended_at, d.ends_at) - max(s.started_at, d.starts_at), 0)),
        sum(iif(s.state = 'paused', min(s.ended_at, d.ends_at) - max(s.started_at, d.starts_at), 0)),
        sum(iif(s.state IN ('talking', 'hold'), min(s.ended_at, d.ends_at) - max(s.started_at, d.starts_at), 0)),
        sum(iif(s.state IN ('ringing', 'dialling', 'wrap_up', 'unavailable'),
                min(s.ended_at, d.ends_at) - max(s.started_at, d.starts_at), 0)),
        0, 0, 0,
        sum(iif(s.state = 'hold', min(s.ended_at, d.ends_at) - max(s.started_at, d.starts_at), 0)),
        sum(iif(s.state = 'wrap_up', min(s.ended_at, d.ends_at) - max(s.started_at, d.starts_at), 0))
    FROM agent_states AS s
    CROSS JOIN business_days AS d
        ON d.starts_at >= max(:first_at, coalesce(
            (SELECT max(starts_at) FROM business_days WHERE starts_at <= s.started_at), 0))
        AND d.starts_at < min(:last_at, s.ended_at) AND d.ends_at > s.started_at
    WHERE s.started_at < :last_at AND s.ended_at > :first_at AND s.ended_at > s.started_at
    GROUP BY 1, 2

    UNION ALL
    SELECT
        d.starts_at, coalesce(s.agent_id, 0), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        count(DISTINCT s.call_id) + sum(s.call_id IS NULL),
        count(*),
        sum(iif(s.currency IS NULL OR s.currency IS (SELECT currency FROM site WHERE id = 1), s.amount_cents, 0)),
        0, 0
    FROM days AS d
    JOIN sales AS s INDEXED BY sales_by_moment ON s.sold_at >= d.starts_at AND s.sold_at < d.ends_at
    WHERE s.cancelled_at IS NULL
    GROUP BY 1, 2
)
SELECT
    day_at, agent_id, sum(inbound), sum(outbound), sum(inbound_talk_ms), sum(inbound_hold_ms), sum(inbound_wrap_up_ms),
    sum(outbound_talk_ms), sum(outbound_hold_ms), sum(outbound_wrap_up_ms), sum(sales_calls), sum(missed), sum(ready_ms),
    sum(paused_ms), sum(talking_ms), sum(other_ms), sum(converted), sum(sales), sum(revenue_cents),
    sum(hold_ms), sum(wrap_up_ms)
FROM parts
GROUP BY 1, 2
ORDER BY 1, 2
