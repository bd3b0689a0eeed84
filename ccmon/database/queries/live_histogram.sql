-- Handled inbound calls of a queue and business day by handling time.
SELECT handling_s, calls FROM handling_histogram
WHERE day_at = :day_starts_at AND direction = 'inbound' AND queue_id = :queue_id;
