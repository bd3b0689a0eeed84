-- The one row that says what this site is.
SELECT name, time_zone, day_starts_ms, currency, follow_up_grace_ms, max_open_ms, created_at FROM site WHERE id = 1;
