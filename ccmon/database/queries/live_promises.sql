-- Follow-ups whose first due moment lies in the business day, without the cancelled ones.
SELECT promised_at, done_at, agent_id FROM follow_ups
WHERE promised_at >= :day_starts_at AND promised_at < :day_ends_at AND outcome IS NOT 'cancelled';
