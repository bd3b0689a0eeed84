-- Whose states, and of which queues the agents, is known at a moment: a source has told of them; or a source that tells
-- states (a switch) is there, which would have. That is not so where their newest call by then is of another source, such
-- as a table of calls. A queue's newest call is looked for in its newest quarter of an hour, which has an index.
WITH switches AS (SELECT name FROM sources WHERE kind IN ('queue-log', 'ami', 'freeswitch', 'simulator')),
silent AS (
    SELECT 'agent' AS what, a.id, (
        SELECT c.source FROM calls AS c WHERE c.agent_id = a.id AND c.entered_at <= :at
        ORDER BY c.entered_at DESC LIMIT 1) AS known_from
    FROM agents AS a
    WHERE NOT EXISTS (SELECT 1 FROM agent_states WHERE agent_id = a.id AND started_at <= :at)
    UNION ALL
    SELECT 'queue', q.id, (SELECT source FROM (
        SELECT * FROM (
            SELECT c.source, c.entered_at FROM calls AS c INDEXED BY calls_open
            WHERE c.ended_at IS NULL AND c.queue_id = q.id AND c.entered_at BETWEEN :open_since AND :at
            ORDER BY c.entered_at DESC LIMIT 1)
        UNION ALL
        SELECT * FROM (
            SELECT c.source, c.entered_at FROM (
                SELECT max(quarter_at) AS quarter_at FROM queue_quarters
                WHERE queue_id = q.id AND quarter_at <= :at AND offered > 0) AS newest
            JOIN calls AS c ON c.entered_at BETWEEN newest.quarter_at AND newest.quarter_at + 899999
            WHERE c.queue_id = q.id ORDER BY c.entered_at <= :at DESC, c.entered_at DESC LIMIT 1))
        ORDER BY entered_at DESC LIMIT 1)
    FROM queues AS q
    WHERE NOT EXISTS (SELECT 1 FROM queue_members WHERE queue_id = q.id AND started_at <= :at))
SELECT 'agent', id FROM agents WHERE id NOT IN (SELECT id FROM silent WHERE what = 'agent')
UNION ALL
SELECT 'queue', id FROM queues WHERE id NOT IN (SELECT id FROM silent WHERE what = 'queue')
UNION ALL
SELECT what, id FROM silent
WHERE EXISTS (SELECT 1 FROM switches) AND (known_from IS NULL OR known_from IN (SELECT name FROM switches));
