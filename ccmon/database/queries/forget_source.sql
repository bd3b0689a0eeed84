-- Everything that a source has told. What others tell of its calls stays: orders, surveys and promises, without the call.
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
DELETE FROM imported_ranges WHERE source_id IN (SELECT id FROM sources WHERE name = :name);
DELETE FROM sources WHERE name = :name;
