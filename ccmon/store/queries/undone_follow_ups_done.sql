-- Follow-ups done in the business day by a moment.
SELECT count(*) FROM follow_ups
WHERE done_at >= :day_starts_at AND done_at < :day_ends_at AND done_at <= :at AND outcome IS NOT 'cancelled';
