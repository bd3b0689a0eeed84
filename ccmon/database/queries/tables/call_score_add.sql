-- The satisfaction that a table of calls gives for a call: answered as the call ended.
INSERT INTO surveys (call_id, agent_id, customer_id, answered_at, score, scale)
SELECT id, agent_id, customer_id, ended_at, ?4, ?5 FROM calls
WHERE source = ?1 AND call_id = ?2 AND visit = ?3
    AND NOT EXISTS (
        SELECT 1 FROM surveys
        WHERE surveys.call_id = calls.id AND surveys.reference IS NULL AND question = 'satisfaction'
    );
