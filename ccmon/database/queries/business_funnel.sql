-- The calls of the business day by agent, campaign, direction and purpose as they were at a moment: visits or attempts,
-- answered ones, sales calls (metrics.md 8.2), handled ones and the time they took.
SELECT agent_id, campaign_id, direction, purpose, count(*), sum(answered),
    sum(answered AND iif(direction = 'inbound', sells, right_party)),
    sum(answered AND over), sum(iif(answered AND over, handling_ms, 0))
FROM (
    SELECT iif(c.served_at <= :at, c.agent_id, NULL) AS agent_id, c.campaign_id, c.direction,
        coalesce(q.purpose, m.purpose) AS purpose,
        coalesce(c.served_at <= :at, 0) AS answered,
        q.purpose IS 'sales' AS sells,
        c.right_party IS 1 AND (c.ended_at IS NULL OR c.ended_at <= :at) AS right_party,
        c.handled AND c.ended_at <= :at AND coalesce(c.wrapped_up_at <= :at, 1) AS over,
        c.talk_ms + coalesce(c.hold_ms, 0) + c.wrap_up_ms AS handling_ms
    FROM calls AS c INDEXED BY calls_by_entry LEFT JOIN queues AS q ON q.id = c.queue_id
        LEFT JOIN campaigns AS m ON m.id = c.campaign_id
    WHERE c.entered_at >= :day_starts_at AND c.entered_at < :day_ends_at AND c.entered_at <= :at
)
GROUP BY agent_id, campaign_id, direction, purpose;
