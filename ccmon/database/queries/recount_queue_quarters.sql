-- What queue_quarters should say: one row per queue and quarter of an hour, counted from every visit entered in
-- [:first_at, :last_at).
SELECT
    c.queue_id,
    c.entered_at - c.entered_at % 900000 AS quarter_at,
    count(*) AS offered,
    sum(c.class = 'answered') AS answered,
    coalesce(sum(c.class = 'answered' AND c.wait_ms <= coalesce(t.service_level_threshold_ms, 20000)), 0)
        AS answered_in_threshold,
    sum(c.class = 'abandoned') AS abandoned,
    sum(c.class = 'abandoned' AND c.wait_ms <= coalesce(t.short_abandon_ms, 5000)) AS short_abandoned,
    sum(c.class = 'timed_out') AS timed_out,
    sum(c.class = 'no_agents') AS no_agents,
    sum(c.class = 'diverted') AS diverted,
    sum(c.class = 'unknown') AS unknown,
    sum(iif(c.class = 'answered', coalesce(c.wait_ms, 0), 0)) AS answered_wait_ms,
    sum(iif(c.class = 'abandoned' AND c.wait_ms > coalesce(t.short_abandon_ms, 5000), c.wait_ms, 0)) AS abandoned_wait_ms,
    sum(c.handled) AS handled,
    sum(iif(c.handled, c.talk_ms, 0)) AS talk_ms,
    sum(iif(c.handled, coalesce(c.hold_ms, 0), 0)) AS hold_ms,
    sum(iif(c.handled, c.wrap_up_ms, 0)) AS wrap_up_ms,
    sum(c.cut_off) AS cut_off,
    sum(c.class = 'answered' AND c.wait_ms IS NULL) AS answered_without_wait
FROM business_days AS d
CROSS JOIN calls AS c INDEXED BY calls_by_entry ON c.entered_at >= d.starts_at AND c.entered_at < d.ends_at
LEFT JOIN queue_days AS t ON t.queue_id = c.queue_id AND t.day_at = d.starts_at
WHERE d.starts_at >= :first_at AND d.starts_at < :last_at
    AND c.direction = 'inbound' AND c.queue_id IS NOT NULL AND c.class <> 'blocked'
GROUP BY 1, 2
ORDER BY 1, 2
