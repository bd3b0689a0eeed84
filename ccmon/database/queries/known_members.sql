-- Changes when an agent joins or leaves a queue, or a pause in one begins or ends.
SELECT (SELECT count(*) || ' ' || max(id) || ' ' || sum(id) FROM queue_members WHERE ended_at IS NULL),
    (SELECT count(*) || ' ' || max(id) || ' ' || sum(id) FROM queue_pauses WHERE ended_at IS NULL);
