-- Each agent's planned time in a stretch, and its edges.
SELECT agent_id, sum(min(ends_at, :until) - max(starts_at, :since)), min(starts_at), max(ends_at)
FROM shifts WHERE starts_at >= :since AND starts_at < :until
GROUP BY agent_id;
