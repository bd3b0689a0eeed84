-- Sources of calls: what each has contributed, what was rejected, and how one is retired or deleted.

-- name: sources
-- Everything known about each source.
SELECT name, kind, path AS origin, following, started_at, nullif(last_record_at, 0) AS last_record_at, checked_at,
    records, unknown_records, rejected, incomplete_records,
    kind IN ('ami', 'simulator') OR (kind = 'freeswitch' AND coalesce(path, '') NOT LIKE '/%') AS heartbeat,
    process_namespace, last_error
FROM sources
ORDER BY name;

-- name: write_source
-- A new source, or an update of one. Once followed, it is expected to be until somebody retires it: a follower that has
-- stopped is missed, however it ended, even if there was an import in between.
INSERT INTO sources (name, kind, path, following, started_at, last_record_at, checked_at, records, unknown_records,
                     rejected, incomplete_records, position, carried, process_namespace)
VALUES (:name, :kind, :path, :following, :started_at, :last_record_at, :checked_at, :records, :unknown, :rejected,
        :incomplete, :position, :carried, :process_namespace)
ON CONFLICT (name) DO UPDATE SET
    kind = excluded.kind,
    path = coalesce(excluded.path, path),
    following = max(following, excluded.following),
    started_at = coalesce(excluded.started_at, started_at),
    last_record_at = max(coalesce(excluded.last_record_at, last_record_at), coalesce(last_record_at, 0)),
    checked_at = coalesce(excluded.checked_at, checked_at),
    records = records + excluded.records,
    unknown_records = unknown_records + excluded.unknown_records,
    rejected = rejected + excluded.rejected,
    incomplete_records = incomplete_records + excluded.incomplete_records,
    position = coalesce(excluded.position, position),
    carried = coalesce(excluded.carried, carried),
    process_namespace = iif(excluded.following, excluded.process_namespace, process_namespace),
    last_error = iif(excluded.checked_at IS NULL, last_error, NULL);

-- name: write_source_of_intervals
-- A source that states or memberships of a table name; a switch that has the name stays as it is.
INSERT INTO sources (name, kind, path, started_at, last_record_at, records)
VALUES (:name, 'table', :path, :started_at, :last_record_at, :records)
ON CONFLICT (name) DO UPDATE SET
    path = excluded.path,
    started_at = excluded.started_at,
    last_record_at = max(coalesce(last_record_at, 0), excluded.last_record_at),
    records = records + excluded.records
WHERE kind = 'table';

-- name: note_error_of_follower
-- What keeps a source's follower from going on.
UPDATE sources SET last_error = :sentence WHERE name = :name AND last_error IS NOT :sentence;

-- name: count_unknown_event
-- More records of an event that ccmon does not know; if there are :most names of the source, all further are one.
INSERT INTO unknown_events (source, event, records)
VALUES (:source,
    CASE WHEN (SELECT count(*) FROM unknown_events WHERE source = :source) < :most
        OR EXISTS (SELECT 1 FROM unknown_events WHERE source = :source AND event = :event)
    THEN :event ELSE :further END,
    :records)
ON CONFLICT (source, event) DO UPDATE SET records = records + excluded.records;

-- name: unknown_events
-- One row per event that ccmon does not know of each source, the most frequent first.
SELECT source, event, records FROM unknown_events ORDER BY source, records DESC, event;

-- name: restored_at
-- When a copy was last put in the place of the database.
SELECT max(changed_at) FROM configuration_changes WHERE kind = 'restored';

-- name: retire_source
-- No more records are expected from a source.
UPDATE sources SET following = 0 WHERE name = :name;

-- name: delete_source
-- Everything that came from a source. What refers to its calls (orders, surveys, promises) stays, without them.
DELETE FROM surveys WHERE reference IS NULL AND question = 'satisfaction'
    AND call_id IN (SELECT id FROM calls WHERE source = :name);
UPDATE surveys SET call_id = NULL WHERE call_id IN (SELECT id FROM calls WHERE source = :name);
UPDATE survey_invitations SET call_id = NULL WHERE call_id IN (SELECT id FROM calls WHERE source = :name);
UPDATE sales SET call_id = NULL WHERE call_id IN (SELECT id FROM calls WHERE source = :name);
UPDATE follow_ups SET call_id = NULL WHERE call_id IN (SELECT id FROM calls WHERE source = :name);
UPDATE agent_states SET call_id = NULL
WHERE source IS NOT :name AND call_id IN (SELECT id FROM calls WHERE source = :name);
DELETE FROM call_reasons WHERE call_id IN (SELECT id FROM calls WHERE source = :name);
DELETE FROM missed_calls WHERE call_id IN (SELECT id FROM calls WHERE source = :name);
DELETE FROM agent_states WHERE source = :name;
DELETE FROM queue_members WHERE source = :name;
DELETE FROM queue_pauses WHERE source = :name;
DELETE FROM rejected_lines WHERE source = :name;
DELETE FROM unknown_events WHERE source = :name;
DELETE FROM calls WHERE source = :name;
DELETE FROM imported_records WHERE source_id IN (SELECT id FROM sources WHERE name = :name);
DELETE FROM imported_states WHERE source_id IN (SELECT id FROM sources WHERE name = :name);
DELETE FROM imported_ranges WHERE source_id IN (SELECT id FROM sources WHERE name = :name);
DELETE FROM sources WHERE name = :name;

-- name: count_calls_of_source
-- How many visits came from a source.
SELECT count(*) FROM calls WHERE source = :name;

-- name: count_rows_of_source
-- How many visits, states of agents and memberships of queues came from a source.
SELECT (SELECT count(*) FROM calls WHERE source = :name) AS calls,
    (SELECT count(*) FROM agent_states WHERE source = :name) AS states,
    (SELECT count(*) FROM queue_members WHERE source = :name) AS members;

-- name: last_call_of_source
-- The newest call of a source; of calls with impossible moments after :latest only where there are no others.
SELECT coalesce(
    (SELECT entered_at FROM calls WHERE source = :source AND entered_at <= :latest ORDER BY entered_at DESC LIMIT 1),
    (SELECT max(entered_at) FROM calls WHERE source = :source)
);

-- name: count_rejected_lines
-- How many lines were not ingested (0), and how many were ingested without an impossible number (1).
SELECT taken_in, count(*) FROM rejected_lines GROUP BY taken_in;

-- name: count_rejected_lines_of_source
-- How many lines of a source (NULL: of all) are recorded.
SELECT count(*) FROM rejected_lines WHERE :source IS NULL OR source = :source;

-- name: rejected_lines
-- Lines not ingested, or ingested without an impossible number, of one source (NULL: of all), the newest first. Rows
-- are written one after the other, so the newest have the highest ids.
SELECT source, file, line, reason, content, taken_in, rejected_at
FROM rejected_lines WHERE :source IS NULL OR source = :source ORDER BY id DESC LIMIT :limit;

-- name: rejected_contents
-- One row per line of a source that was rejected whole.
SELECT content FROM rejected_lines WHERE source = :source AND NOT taken_in;

-- name: insert_rejected_line
-- A line that could not be understood, or that was ingested without an impossible number.
INSERT INTO rejected_lines (source, file, line, reason, content, taken_in, rejected_at) VALUES (?, ?, ?, ?, ?, ?, ?);

-- name: holdings
-- What a person would miss of a database, counted.
SELECT (SELECT count(*) FROM calls) AS calls,
    (SELECT count(*) FROM sales) AS sales,
    (SELECT count(*) FROM follow_ups) AS follow_ups,
    (SELECT count(*) FROM audit) AS acts,
    (SELECT count(*) FROM configuration_changes) AS changes;
