-- Answers of the calls of a stretch by queue, agent, question and score. The last answer of a call counts. The agent is
-- credited who talked alone on the call, for 10 s or more (metrics.md 9.4); NULL: nobody.
SELECT queue_id, iif(alone, agent_id, NULL), question, scale, score, count(*)
FROM (
    SELECT c.queue_id, coalesce(s.agent_id, c.agent_id) AS agent_id, s.question, s.scale, s.score,
        c.id IS NULL OR (c.ended_at - c.answered_at >= 10000 AND NOT EXISTS (
            SELECT 1 FROM calls AS o
            WHERE o.source = c.source AND o.call_id = c.call_id AND o.served_at <= :at
                AND o.agent_id <> coalesce(s.agent_id, c.agent_id))) AS alone
    FROM surveys AS s LEFT JOIN calls AS c ON c.id = s.call_id
    WHERE s.answered_at >= :since AND s.answered_at <= :at AND coalesce(c.entered_at, s.answered_at) >= :since
        AND (s.call_id IS NULL OR NOT EXISTS (
            SELECT 1 FROM surveys AS l
            WHERE l.call_id = s.call_id AND l.question = s.question AND l.answered_at <= :at
                AND (l.answered_at > s.answered_at OR (l.answered_at = s.answered_at AND l.id > s.id))))
)
GROUP BY 1, 2, 3, 4, 5;
