-- What wait_histogram should say: finished waits per queue, business day and whole second, of visits entered in
-- [:first_at, :last_at).
SELECT c.queue_id, d.starts_at AS day_at, c.wait_ms / 1000 AS wait_s, count(*) AS visits
FROM business_days AS d
CROSS JOIN calls AS c INDEXED BY calls_by_entry ON c.entered_at >= d.starts_at AND c.entered_at < d.ends_at
WHERE d.starts_at >= :first_at AND d.starts_at < :last_at
    AND c.direction = 'inbound' AND c.queue_id IS NOT NULL
    AND c.wait_ms IS NOT NULL
    AND c.class IN ('answered', 'abandoned', 'timed_out', 'no_agents', 'diverted')
GROUP BY 1, 2, 3
ORDER BY 1, 2, 3
