-- All business days, the oldest first.
SELECT starts_at, ends_at, date FROM business_days ORDER BY starts_at;
