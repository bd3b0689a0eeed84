INSERT INTO business_days (starts_at, ends_at, date) VALUES (?, ?, ?);
