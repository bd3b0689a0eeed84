-- Each agent's answers in a stretch of time: how many, and how many in the top two boxes of their scale (metrics.md 9.1).
SELECT agent_id, count(*), sum(score >= scale - 1) FROM surveys
WHERE answered_at >= :since AND answered_at < :until AND agent_id IS NOT NULL
GROUP BY agent_id;
