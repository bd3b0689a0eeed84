-- What handling_histogram should say: handled calls per business day, direction, queue and length, of calls entered in
-- [:first_at, :last_at).
SELECT day_at, direction, queue_id, iif(handling_s < 600, handling_s, handling_s - handling_s % 10) AS handling_s,
    count(*) AS calls
FROM (
    SELECT d.starts_at AS day_at, c.direction, coalesce(c.queue_id, 0) AS queue_id,
        (c.talk_ms + coalesce(c.hold_ms, 0) + c.wrap_up_ms) / 1000 AS handling_s
    FROM business_days AS d
    CROSS JOIN calls AS c INDEXED BY calls_by_entry ON c.entered_at >= d.starts_at AND c.entered_at < d.ends_at
    WHERE d.starts_at >= :first_at AND d.starts_at < :last_at AND c.handled
)
GROUP BY 1, 2, 3, 4
ORDER BY 1, 2, 3, 4
