-- The first start and the last end of the shifts of a business day.
SELECT min(starts_at), max(ends_at) FROM shifts WHERE starts_at >= :day_starts_at AND starts_at < :day_ends_at;
