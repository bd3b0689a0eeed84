-- The answer of that reference; for a row without one, the answer to the same question about the same call.
SELECT id, reference, call_id, agent_id, customer_id, question, answered_at, score, scale, comment FROM surveys
WHERE reference = :reference OR (:reference IS NULL AND reference IS NULL AND call_id = :call_id AND question = :question)
ORDER BY id LIMIT 1;
