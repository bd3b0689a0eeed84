-- Follow-ups done in the business day, by owner.
SELECT agent_id, count(*) FROM follow_ups
WHERE done_at >= :day_starts_at AND done_at < :day_ends_at AND outcome IS NOT 'cancelled'
GROUP BY agent_id;
