-- Everything that is known of each source.
SELECT name, kind, path, following, started_at, last_record_at, checked_at, records, unknown_records, rejected,
    incomplete_records,
    kind IN ('ami', 'simulator') OR (kind = 'freeswitch' AND coalesce(path, '') NOT LIKE '/%')
FROM sources
ORDER BY name;
