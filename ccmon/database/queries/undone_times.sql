-- Each agent's time in each state from the start of the business day to a moment, in intervals that had ended by then.
-- Of the intervals that began before the day only an agent's last one can reach into it.
SELECT s.agent_id, s.state, sum(min(s.ended_at, :day_ends_at) - max(s.started_at, :day_starts_at))
FROM (
    SELECT agent_id, state, started_at, ended_at FROM agent_states
    WHERE started_at >= :day_starts_at AND started_at <= :at
    UNION ALL
    SELECT b.agent_id, b.state, b.started_at, b.ended_at
    FROM agents AS a
        JOIN agent_states AS b ON b.id = (
            SELECT id FROM agent_states
            WHERE agent_id = a.id AND started_at < :day_starts_at ORDER BY started_at DESC, id DESC LIMIT 1)
) AS s
WHERE s.ended_at <= :at AND s.ended_at > max(s.started_at, :day_starts_at)
GROUP BY s.agent_id, s.state;
