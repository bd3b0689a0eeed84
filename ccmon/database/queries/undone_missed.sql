-- How many calls each agent had missed in the business day by a moment; a ring of less than a second is no miss.
SELECT agent_id, count(*) FROM missed_calls
WHERE missed_at >= :day_starts_at AND missed_at < :day_ends_at AND missed_at <= :at AND ring_ms >= 1000
GROUP BY agent_id;
