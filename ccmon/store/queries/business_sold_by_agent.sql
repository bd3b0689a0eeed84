-- Each agent's orders from a moment to the start of the business day that stood at a moment; converted calls count
-- once.
SELECT coalesce(s.agent_id, 0), count(DISTINCT s.call_id) + sum(s.call_id IS NULL), count(*),
    sum(iif(s.currency IS NULL OR s.currency IS site.currency, s.amount_cents, 0))
FROM site CROSS JOIN sales AS s
WHERE s.sold_at >= :since AND s.sold_at < :day_starts_at AND (s.cancelled_at IS NULL OR s.cancelled_at > :at)
GROUP BY coalesce(s.agent_id, 0);
