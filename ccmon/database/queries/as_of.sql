-- The same as floor.sql, for an earlier moment: everything that came after :at is left out.
-- Totals are counted by `as_of_totals`, which is generated from total_sql/definitions.py.

-- name: has_changes_after
-- 1 if a call, state, sale, member or follow-up that began by a moment changed after it.
SELECT EXISTS (SELECT 1 FROM calls WHERE entered_at >= :since AND entered_at <= :at
        AND (answered_at > :at OR ended_at > :at OR wrapped_up_at > :at))
    OR EXISTS (SELECT 1 FROM agent_states WHERE started_at >= :since AND started_at <= :at AND ended_at > :at)
    OR EXISTS (SELECT 1 FROM sales WHERE sold_at >= :since AND sold_at <= :at AND cancelled_at > :at)
    OR EXISTS (SELECT 1 FROM queue_members WHERE started_at > :at OR ended_at > :at)
    OR EXISTS (SELECT 1 FROM queue_pauses WHERE started_at > :at OR ended_at > :at)
    OR EXISTS (SELECT 1 FROM follow_ups WHERE created_at > :at)
    OR EXISTS (SELECT 1 FROM audit WHERE acted_at > :at);

-- name: as_of_newest_moment
-- The newest moment by then, of anything and of switch reports; 0 for none.
WITH reported (at) AS (
    SELECT max(coalesce((SELECT max(entered_at) FROM calls WHERE entered_at <= :at), 0),
        coalesce((SELECT max(started_at) FROM agent_states WHERE started_at <= :at), 0)))
SELECT max(at, coalesce((SELECT max(sold_at) FROM sales WHERE sold_at <= :at), 0)) AS anything_at, at AS reported_at
FROM reported;

-- name: as_of_calls
-- Calls in a queue that had not ended at a moment: waiting, or (answered_at set) talking.
SELECT c.queue_id, c.entered_at, iif(c.answered_at <= :at, c.answered_at, NULL) AS answered_at, c.caller,
    coalesce(u.name, c.caller_name) AS customer, c.id, c.customer_id
FROM calls AS c LEFT JOIN customers AS u ON u.id = c.customer_id
WHERE c.entered_at >= :may_be_open_since AND c.entered_at <= :at AND c.direction = 'inbound' AND c.queue_id IS NOT NULL
    AND (c.ended_at > :at OR (c.ended_at IS NULL AND c.outcome IS NOT 'unknown' AND c.outcome IS NOT 'blocked'))
    AND (c.answered_at IS NOT NULL OR c.outcome IS NOT 'blocked')
ORDER BY c.entered_at, c.id;

-- name: as_of_states
-- What each agent did at a moment; for a call, with its queue or campaign and its entry.
SELECT {state_columns}
FROM agents AS a
    JOIN agent_states AS s ON s.id = (
        SELECT id FROM agent_states WHERE agent_id = a.id AND started_at <= :at ORDER BY started_at DESC, id DESC LIMIT 1)
    LEFT JOIN calls AS c ON c.id = s.call_id
WHERE s.ended_at IS NULL OR s.ended_at > :at;

-- name: as_of_members
-- Who served which queue at a moment, and who was paused there.
WITH pauses AS MATERIALIZED (
    SELECT queue_id, agent_id, reason, started_at, max(id) FROM queue_pauses
    WHERE started_at <= :at AND (ended_at IS NULL OR ended_at > :at)
    GROUP BY queue_id, agent_id
)
SELECT {member_columns}
FROM queue_members AS m JOIN queues AS q ON q.id = m.queue_id JOIN agents AS a ON a.id = m.agent_id
    LEFT JOIN pauses AS p ON p.queue_id = m.queue_id AND p.agent_id = m.agent_id
WHERE m.started_at <= :at AND (m.ended_at IS NULL OR m.ended_at > :at)
ORDER BY m.queue_id, m.agent_id;

-- name: as_of_follow_ups
-- Every follow-up that may have been open, done or promised in the business day at a moment, as it is now.
SELECT {follow_up_columns}, f.done_at, f.outcome
FROM follow_ups AS f LEFT JOIN customers AS u ON u.id = f.customer_id LEFT JOIN calls AS c ON c.id = f.call_id
WHERE f.created_at <= :at AND (f.done_at IS NULL OR f.done_at >= :day_starts_at OR f.id IN (
        SELECT subject_id FROM audit WHERE subject = 'follow_up' AND acted_at > :at)
    OR (f.promised_at >= :due_since AND f.promised_at < :day_ends_at))
ORDER BY f.due_at, f.id;

-- name: as_of_audit
-- What was done to follow-ups after a moment, the latest first, with the earlier values.
SELECT subject_id, before FROM audit
WHERE subject = 'follow_up' AND acted_at > :at
ORDER BY acted_at DESC, id DESC;
