-- 1 where a call, state, sale, member or follow-up that began by a moment changed after it.
SELECT EXISTS (SELECT 1 FROM calls WHERE entered_at >= :since AND entered_at <= :at
        AND (answered_at > :at OR ended_at > :at OR wrapped_up_at > :at))
    OR EXISTS (SELECT 1 FROM agent_states WHERE started_at >= :since AND started_at <= :at AND ended_at > :at)
    OR EXISTS (SELECT 1 FROM sales WHERE sold_at >= :since AND sold_at <= :at AND cancelled_at > :at)
    OR EXISTS (SELECT 1 FROM queue_members WHERE started_at > :at OR ended_at > :at)
    OR EXISTS (SELECT 1 FROM queue_pauses WHERE started_at > :at OR ended_at > :at)
    OR EXISTS (SELECT 1 FROM follow_ups WHERE created_at > :at)
    OR EXISTS (SELECT 1 FROM audit WHERE acted_at > :at);
