-- Where calls come from: what each source has brought, what was rejected, and how one is retired or deleted.

-- name: sources
-- Everything that is known of each source.
SELECT name, kind, path AS origin, following, started_at, nullif(last_record_at, 0) AS last_record_at, checked_at,
    records, unknown_records, rejected, incomplete_records,
    kind IN ('ami', 'simulator') OR (kind = 'freeswitch' AND coalesce(path, '') NOT LIKE '/%') AS heartbeat
FROM sources
ORDER BY name;

-- name: write_source
-- A source, or the news of one. Once followed, it is expected to be until somebody retires it: a follower that was
-- stopped is missed, however it ended, and an import in between changes nothing about that.
INSERT INTO sources (name, kind, path, following, started_at, last_record_at, checked_at, records, unknown_records,
                     rejected, incomplete_records, position, carried)
VALUES (:name, :kind, :path, :following, :started_at, :last_record_at, :checked_at, :records, :unknown, :rejected,
        :incomplete, :position, :carried)
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
    carried = coalesce(excluded.carried, carried);

-- name: retire_source
-- No more news of a source is expected.
UPDATE sources SET following = 0 WHERE name = :name;

-- name: delete_source
-- Everything that a source has brought. What others say of its calls stays: orders, surveys and promises, without it.
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
DELETE FROM calls WHERE source = :name;
DELETE FROM imported_records WHERE source_id IN (SELECT id FROM sources WHERE name = :name);
DELETE FROM imported_states WHERE source_id IN (SELECT id FROM sources WHERE name = :name);
DELETE FROM imported_ranges WHERE source_id IN (SELECT id FROM sources WHERE name = :name);
DELETE FROM sources WHERE name = :name;

-- name: count_calls_of_source
-- How many visits a source has brought.
SELECT count(*) FROM calls WHERE source = :name;

-- name: last_call_of_source
-- The call of a source that was written last.
SELECT entered_at FROM calls WHERE source = :source ORDER BY id DESC LIMIT 1;

-- name: count_rejected_lines
-- How many lines did not go in (0), and how many went in without a number that cannot be (1).
SELECT taken_in, count(*) FROM rejected_lines GROUP BY taken_in;

-- name: count_rejected_lines_of_source
-- How many lines of a source (NULL: of all) are noted.
SELECT count(*) FROM rejected_lines WHERE :source IS NULL OR source = :source;

-- name: rejected_lines
-- Lines that did not go in, or went in without a number of their own: of one source (NULL: of all), the newest first.
-- Rows are written one after the other, so the newest have the highest ids.
SELECT source, file, line, reason, content, taken_in, rejected_at
FROM rejected_lines WHERE :source IS NULL OR source = :source ORDER BY id DESC LIMIT :limit;

-- name: rejected_contents
-- One row a line of a source that was rejected whole.
SELECT content FROM rejected_lines WHERE source = :source AND NOT taken_in;

-- name: insert_rejected_line
-- A line that could not be understood, or that went in without a number of its own.
INSERT INTO rejected_lines (source, file, line, reason, content, taken_in, rejected_at) VALUES (?, ?, ?, ?, ?, ?, ?);
