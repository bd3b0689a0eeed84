-- Invitations delivered for the calls of a stretch by queue and agent, and how many of them brought an answer by a
-- moment.
SELECT c.queue_id, coalesce(i.agent_id, c.agent_id), count(*), sum(EXISTS (
    SELECT 1 FROM surveys AS s WHERE s.call_id = i.call_id AND s.answered_at <= :at))
FROM survey_invitations AS i LEFT JOIN calls AS c ON c.id = i.call_id
WHERE i.sent_at >= :since AND i.sent_at <= :at AND i.delivered = 1 AND coalesce(c.entered_at, i.sent_at) >= :since
GROUP BY 1, 2;
