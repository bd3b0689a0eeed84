-- Follow-ups whose first due moment lies in the business day, as they were at a moment, without the cancelled ones.
SELECT promised_at, iif(done_at <= :at, done_at, NULL) FROM follow_ups
WHERE promised_at >= :day_starts_at AND promised_at < :day_ends_at AND created_at <= :at
    AND (outcome IS NOT 'cancelled' OR done_at > :at);
