-- The one row that says what this site is.
INSERT INTO site (id, name, time_zone, currency, day_starts_ms, created_at)
VALUES (1, :name, :time_zone, :currency, :day_starts_ms, :created_at);
