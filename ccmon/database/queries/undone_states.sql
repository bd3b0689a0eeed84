-- What each agent did at a moment, with the queue or campaign and the entry of the call it belongs to.
SELECT s.agent_id, s.state, s.reason, s.started_at, c.queue_id, c.campaign_id, c.entered_at
FROM agents AS a
    JOIN agent_states AS s ON s.id = (
        SELECT id FROM agent_states WHERE agent_id = a.id AND started_at <= :at ORDER BY started_at DESC, id DESC LIMIT 1)
    LEFT JOIN calls AS c ON c.id = s.call_id
WHERE s.ended_at IS NULL OR s.ended_at > :at;
