-- The business days before one, the latest first: 63 of them hold eight of the same weekday whatever is missing.
SELECT date, starts_at, ends_at FROM business_days WHERE starts_at < :day_starts_at ORDER BY starts_at DESC LIMIT 63;
