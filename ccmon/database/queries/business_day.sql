-- The business day that holds a moment.
SELECT date, starts_at, ends_at FROM business_days WHERE starts_at <= :at ORDER BY starts_at DESC LIMIT 1;
