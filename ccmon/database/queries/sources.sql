-- Where calls come from and when each gave its last sign of life. A queue log and FreeSWITCH's own database, named by
-- their path, have no heartbeat: while nothing happens they look as they do when the switch is down.
SELECT name, kind, following, last_record_at, checked_at, records, rejected,
    kind IN ('ami', 'simulator') OR (kind = 'freeswitch' AND coalesce(path, '') NOT LIKE '/%')
FROM sources
ORDER BY name;
