-- Each agent's sales calls and time logged in, from a moment to the start of the business day.
SELECT agent_id, sum(sales_calls), sum(ready_ms + paused_ms + talking_ms + other_ms)
FROM agent_days WHERE day_at >= :since AND day_at < :day_starts_at
GROUP BY agent_id;
