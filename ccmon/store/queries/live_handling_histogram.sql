-- Handled calls of the business day by direction, queue (0: none) and handling time.
SELECT direction, queue_id, handling_s, calls FROM handling_histogram WHERE day_at = :day_starts_at
ORDER BY direction, queue_id, handling_s;
