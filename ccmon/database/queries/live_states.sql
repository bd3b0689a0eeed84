-- What each agent does now, with the queue or campaign and the entry of the call it belongs to.
SELECT s.agent_id, s.state, s.reason, s.started_at, c.queue_id, c.campaign_id, c.entered_at
FROM agent_states AS s LEFT JOIN calls AS c ON c.id = s.call_id
WHERE s.ended_at IS NULL;
