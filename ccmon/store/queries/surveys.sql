-- Each agent's answers on satisfaction in a stretch of time: how many, and how many in the top two boxes of their scale
-- (metrics.md 9.1); a scale of up to three answers has only one happy one.
SELECT agent_id, count(*), sum(score >= iif(scale <= 3, scale, scale - 1)) FROM surveys
WHERE answered_at >= :since AND answered_at < :until AND agent_id IS NOT NULL AND question = 'satisfaction'
GROUP BY agent_id;
