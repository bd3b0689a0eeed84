-- Survey answers and invitations that count (metrics.md 9): the only definition, for now and for an earlier moment.

-- The last answer of a call counts. It is credited to its agent if nobody else talked on the call and it took 10 s or
-- more (metrics.md 9.4); NULL: to nobody.
-- name: counted_answers
SELECT s.id AS survey_id, min(s.answered_at, coalesce(c.entered_at, s.answered_at)) AS since_at, s.answered_at,
    c.queue_id AS queue_id, iif(
        c.id IS NULL OR (c.ended_at - c.answered_at >= 10000 AND NOT EXISTS (
            SELECT 1 FROM calls AS o
            WHERE o.source = c.source AND o.call_id = c.call_id AND o.served_at {until}
                AND o.agent_id <> coalesce(s.agent_id, c.agent_id))),
        coalesce(s.agent_id, c.agent_id), NULL) AS agent_id,
    s.question, s.scale, s.score
FROM surveys AS s LEFT JOIN calls AS c ON c.id = s.call_id
WHERE {which} AND (s.call_id IS NULL OR NOT EXISTS (
    SELECT 1 FROM surveys AS l
    WHERE l.call_id = s.call_id AND l.question = s.question AND l.answered_at {until}
        AND (l.answered_at > s.answered_at OR (l.answered_at = s.answered_at AND l.id > s.id))))
-- name: counted_invitations
SELECT i.id AS invitation_id, min(i.sent_at, coalesce(c.entered_at, i.sent_at)) AS since_at, i.sent_at,
    c.queue_id AS queue_id, coalesce(i.agent_id, c.agent_id) AS agent_id, EXISTS (
        SELECT 1 FROM surveys AS s WHERE s.call_id = i.call_id AND s.answered_at {until}) AS answered
FROM survey_invitations AS i LEFT JOIN calls AS c ON c.id = i.call_id
WHERE {which} AND i.delivered = 1

-- name: survey_answers
SELECT queue_id, agent_id, question, scale, score, count(*) AS answers
FROM (
    {answers}
)
WHERE since_at >= :since AND since_at < :until
GROUP BY 1, 2, 3, 4, 5
-- name: survey_invitations
SELECT queue_id, agent_id, count(*) AS invited, sum(answered) AS answered
FROM (
    {invitations}
)
WHERE since_at >= :since AND since_at < :until
GROUP BY 1, 2

-- Inserting into the view recounts the answers and invitations of a call, one answer, or one invitation. What a REPLACE
-- may delete is noted before it, and recounted after it.
-- name: answer_triggers
CREATE VIEW count_answers_of (call_id, survey_id, invitation_id) AS SELECT NULL, NULL, NULL WHERE 0;

CREATE TABLE replaced_answers (call_id INTEGER, survey_id INTEGER, invitation_id INTEGER) STRICT;

CREATE TRIGGER count_answers_of_call INSTEAD OF INSERT ON count_answers_of
BEGIN
    DELETE FROM counted_answers
    WHERE survey_id = new.survey_id OR survey_id IN (SELECT id FROM surveys WHERE call_id = new.call_id);
    INSERT INTO counted_answers (survey_id, since_at, answered_at, queue_id, agent_id, question, scale, score)
    {answers};
    DELETE FROM counted_invitations
    WHERE invitation_id = new.invitation_id
        OR invitation_id IN (SELECT id FROM survey_invitations WHERE call_id = new.call_id);
    INSERT INTO counted_invitations (invitation_id, since_at, sent_at, queue_id, agent_id, answered)
    {invitations};
END;

{of_surveys}

{of_invitations}

CREATE TRIGGER calls_answers_inserted AFTER INSERT ON calls
WHEN {of_new}
BEGIN
    {count_new}
END;

CREATE TRIGGER calls_answers_updated AFTER UPDATE OF
    queue_id, agent_id, entered_at, answered_at, ended_at, outcome
ON calls
WHEN {of_new}
BEGIN
    {count_new}
END;

CREATE TRIGGER calls_answers_moved AFTER UPDATE OF id, source, call_id ON calls
WHEN old.id IS NOT new.id OR old.source IS NOT new.source OR old.call_id IS NOT new.call_id
BEGIN
    {count_old}
    {count_new}
END;

CREATE TRIGGER calls_answers_deleted AFTER DELETE ON calls
WHEN {of_old}
    OR EXISTS (SELECT 1 FROM surveys WHERE call_id = old.id)
    OR EXISTS (SELECT 1 FROM survey_invitations WHERE call_id = old.id)
BEGIN
    {count_old}
END;
-- Notes the rows that an insertion may replace.
-- name: note_replaced_answers
CREATE TRIGGER calls_answers_replaced AFTER INSERT ON replaced_calls
BEGIN
    INSERT INTO replaced_answers (call_id)
    SELECT o.id FROM calls AS gone JOIN calls AS o ON o.source = gone.source AND o.call_id = gone.call_id
    WHERE gone.id = new.id;
END;

CREATE TRIGGER calls_answers_followed AFTER DELETE ON replaced_calls
BEGIN
    INSERT INTO count_answers_of SELECT * FROM replaced_answers;
    DELETE FROM replaced_answers;
END;
-- Answers or invitations of a call, or of another visit of the same phone call.
-- name: any_answer
EXISTS (
        SELECT 1 FROM calls AS o
        WHERE o.source = {row}.source AND o.call_id = {row}.call_id
            AND (EXISTS (SELECT 1 FROM surveys WHERE call_id = o.id)
                OR EXISTS (SELECT 1 FROM survey_invitations WHERE call_id = o.id)))
-- name: count_answers_of_phone_call
INSERT INTO count_answers_of
    SELECT id, NULL, NULL FROM calls WHERE source = {row}.source AND call_id = {row}.call_id
    UNION SELECT {row}.id, NULL, NULL;
-- name: answers_table
CREATE TRIGGER {table}_answers_replaced BEFORE INSERT ON {table}
WHEN EXISTS (SELECT 1 FROM {table} WHERE id = new.id)
    OR EXISTS (SELECT 1 FROM {table} WHERE reference = new.reference)
BEGIN
    INSERT INTO replaced_answers (call_id, {id})
    SELECT call_id, id FROM {table} WHERE id = new.id OR reference = new.reference;
END;

CREATE TRIGGER {table}_answers_taken BEFORE UPDATE OF id, reference ON {table}
WHEN old.id IS NOT new.id OR old.reference IS NOT new.reference
BEGIN
    INSERT INTO replaced_answers (call_id, {id})
    SELECT call_id, id FROM {table} WHERE id = new.id OR reference = new.reference;
END;

CREATE TRIGGER {table}_answers_inserted AFTER INSERT ON {table}
BEGIN
    INSERT INTO count_answers_of (call_id, {id}) VALUES (new.call_id, new.id);
    INSERT INTO count_answers_of SELECT * FROM replaced_answers;
    DELETE FROM replaced_answers;
END;

CREATE TRIGGER {table}_answers_updated AFTER UPDATE ON {table}
BEGIN
    INSERT INTO count_answers_of (call_id, {id}) VALUES (old.call_id, old.id), (new.call_id, new.id);
    INSERT INTO count_answers_of SELECT * FROM replaced_answers;
    DELETE FROM replaced_answers;
END;

CREATE TRIGGER {table}_answers_deleted AFTER DELETE ON {table}
BEGIN
    INSERT INTO count_answers_of (call_id, {id}) VALUES (old.call_id, old.id);
END;

-- Recounts all answers and invitations; those of the phone calls, answers and invitations of a stretch; and those of
-- the phone calls that new calls belong to.
-- name: recount_answers
DELETE FROM counted_answers;
INSERT INTO counted_answers (survey_id, since_at, answered_at, queue_id, agent_id, question, scale, score)
{answers};
DELETE FROM counted_invitations;
INSERT INTO counted_invitations (invitation_id, since_at, sent_at, queue_id, agent_id, answered)
{invitations};
-- name: recount_answers_of_stretch
INSERT INTO count_answers_of (call_id)
SELECT DISTINCT o.id
FROM calls AS c INDEXED BY calls_by_entry CROSS JOIN calls AS o ON o.source = c.source AND o.call_id = c.call_id
WHERE c.entered_at >= :first_at - 86400000 AND c.entered_at < :last_at + 86400000
    AND (EXISTS (SELECT 1 FROM surveys) OR EXISTS (SELECT 1 FROM survey_invitations))
    AND (EXISTS (SELECT 1 FROM surveys WHERE call_id = o.id)
        OR EXISTS (SELECT 1 FROM survey_invitations WHERE call_id = o.id));
INSERT INTO count_answers_of (call_id, survey_id)
SELECT (SELECT call_id FROM surveys WHERE id = survey_id), survey_id FROM counted_answers
WHERE since_at >= :first_at - 86400000 AND since_at < :last_at + 86400000;
INSERT INTO count_answers_of (invitation_id)
SELECT invitation_id FROM counted_invitations
WHERE since_at >= :first_at - 86400000 AND since_at < :last_at + 86400000;
-- name: recount_answers_without_call
INSERT INTO count_answers_of (call_id, survey_id)
SELECT s.call_id, s.id FROM counted_answers AS a JOIN surveys AS s ON s.id = a.survey_id
WHERE s.call_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM calls WHERE id = s.call_id);
INSERT INTO count_answers_of (call_id, invitation_id)
SELECT i.call_id, i.id FROM counted_invitations AS a JOIN survey_invitations AS i ON i.id = a.invitation_id
WHERE i.call_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM calls WHERE id = i.call_id);
-- name: recount_answers_of_new_calls
INSERT INTO count_answers_of (call_id)
SELECT DISTINCT o.id
FROM calls AS c CROSS JOIN calls AS o ON o.source = c.source AND o.call_id = c.call_id
WHERE c.id > :newest_call
    AND (EXISTS (SELECT 1 FROM surveys WHERE call_id = o.id)
        OR EXISTS (SELECT 1 FROM survey_invitations WHERE call_id = o.id))
