-- Whose states, and of which queues the agents, is known at a moment: a source has told of them; or one that tells states
-- (a switch) is there, which would have, and no table of calls is what the agent is known from.
SELECT 'agent', a.id FROM agents AS a
WHERE EXISTS (SELECT 1 FROM agent_states WHERE agent_id = a.id AND started_at <= :at)
    OR (EXISTS (SELECT 1 FROM sources WHERE kind IN ('queue-log', 'ami', 'freeswitch', 'simulator'))
        AND NOT EXISTS (
            SELECT 1 FROM calls AS c JOIN sources AS s ON s.name = c.source AND s.kind = 'table' WHERE c.agent_id = a.id))
UNION ALL
SELECT 'queue', q.id FROM queues AS q
WHERE EXISTS (SELECT 1 FROM queue_members WHERE queue_id = q.id AND started_at <= :at)
    OR EXISTS (SELECT 1 FROM sources WHERE kind IN ('queue-log', 'ami', 'freeswitch', 'simulator'));
