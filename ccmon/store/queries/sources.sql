-- Where calls come from and when each gave its last sign of life.
SELECT name, kind, following, last_record_at, checked_at, records, rejected FROM sources ORDER BY name;
