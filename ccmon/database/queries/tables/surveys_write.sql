-- An answer to a survey.
INSERT INTO surveys (id, reference, call_id, agent_id, customer_id, question, answered_at, score, scale, comment)
VALUES (:id, :reference, :call_id, :agent_id, :customer_id, :question, :answered_at, :score, :scale, :comment)
ON CONFLICT (id) DO UPDATE SET
    call_id = excluded.call_id,
    agent_id = excluded.agent_id,
    customer_id = excluded.customer_id,
    question = excluded.question,
    answered_at = excluded.answered_at,
    score = excluded.score,
    scale = excluded.scale,
    comment = excluded.comment;
