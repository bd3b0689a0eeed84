-- Handled outbound calls of the business day by handling time.
SELECT handling_s, sum(calls) FROM handling_histogram
WHERE day_at = :day_starts_at AND direction = 'outbound'
GROUP BY handling_s;
