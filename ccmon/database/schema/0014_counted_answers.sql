-- Answers to surveys and invitations as they count, kept by triggers: readers add up four weeks of them without the calls.

CREATE TABLE counted_answers (
    since_at INTEGER NOT NULL,                              -- start of the call, or the answer where that is earlier
    survey_id INTEGER NOT NULL,                             -- surveys.id
    answered_at INTEGER NOT NULL,
    queue_id INTEGER,
    agent_id INTEGER,                                       -- who is credited; NULL: nobody
    question TEXT NOT NULL,
    scale INTEGER NOT NULL,
    score INTEGER NOT NULL,
    PRIMARY KEY (since_at, survey_id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX counted_answers_by_survey ON counted_answers (survey_id);

CREATE TABLE counted_invitations (
    since_at INTEGER NOT NULL,                              -- start of the call, or the invitation where that is earlier
    invitation_id INTEGER NOT NULL,                         -- survey_invitations.id
    sent_at INTEGER NOT NULL,
    queue_id INTEGER,
    agent_id INTEGER,
    answered INTEGER NOT NULL,                              -- 1: the call has an answer
    PRIMARY KEY (since_at, invitation_id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX counted_invitations_by_invitation ON counted_invitations (invitation_id);

CREATE INDEX survey_invitations_by_call ON survey_invitations (call_id) WHERE call_id IS NOT NULL;

CREATE VIEW count_answers_of (call_id, survey_id, invitation_id) AS SELECT NULL, NULL, NULL WHERE 0;

CREATE TABLE replaced_answers (call_id INTEGER, survey_id INTEGER, invitation_id INTEGER) STRICT;

CREATE TRIGGER count_answers_of_call INSTEAD OF INSERT ON count_answers_of
BEGIN
    DELETE FROM counted_answers
    WHERE survey_id = new.survey_id OR survey_id IN (SELECT id FROM surveys WHERE call_id = new.call_id);
    INSERT INTO counted_answers (survey_id, since_at, answered_at, queue_id, agent_id, question, scale, score)
    SELECT s.id AS survey_id, min(s.answered_at, coalesce(c.entered_at, s.answered_at)) AS since_at, s.answered_at,
        c.queue_id AS queue_id, iif(
            c.id IS NULL OR (c.ended_at - c.answered_at >= 10000 AND NOT EXISTS (
                SELECT 1 FROM calls AS o
                WHERE o.source = c.source AND o.call_id = c.call_id AND o.served_at IS NOT NULL
                    AND o.agent_id <> coalesce(s.agent_id, c.agent_id))),
            coalesce(s.agent_id, c.agent_id), NULL) AS agent_id,
        s.question, s.scale, s.score
    FROM surveys AS s LEFT JOIN calls AS c ON c.id = s.call_id
    WHERE (s.id = new.survey_id OR s.call_id = new.call_id) AND (s.call_id IS NULL OR NOT EXISTS (
        SELECT 1 FROM surveys AS l
        WHERE l.call_id = s.call_id AND l.question = s.question AND l.answered_at IS NOT NULL
            AND (l.answered_at > s.answered_at OR (l.answered_at = s.answered_at AND l.id > s.id))));
    DELETE FROM counted_invitations
    WHERE invitation_id = new.invitation_id
        OR invitation_id IN (SELECT id FROM survey_invitations WHERE call_id = new.call_id);
    INSERT INTO counted_invitations (invitation_id, since_at, sent_at, queue_id, agent_id, answered)
    SELECT i.id AS invitation_id, min(i.sent_at, coalesce(c.entered_at, i.sent_at)) AS since_at, i.sent_at,
        c.queue_id AS queue_id, coalesce(i.agent_id, c.agent_id) AS agent_id, EXISTS (
            SELECT 1 FROM surveys AS s WHERE s.call_id = i.call_id AND s.answered_at IS NOT NULL) AS answered
    FROM survey_invitations AS i LEFT JOIN calls AS c ON c.id = i.call_id
    WHERE (i.id = new.invitation_id OR i.call_id = new.call_id) AND i.delivered = 1;
END;

CREATE TRIGGER surveys_answers_replaced BEFORE INSERT ON surveys
WHEN EXISTS (SELECT 1 FROM surveys WHERE id = new.id)
    OR EXISTS (SELECT 1 FROM surveys WHERE reference = new.reference)
BEGIN
    INSERT INTO replaced_answers (call_id, survey_id)
    SELECT call_id, id FROM surveys WHERE id = new.id OR reference = new.reference;
END;

CREATE TRIGGER surveys_answers_taken BEFORE UPDATE OF id, reference ON surveys
WHEN old.id IS NOT new.id OR old.reference IS NOT new.reference
BEGIN
    INSERT INTO replaced_answers (call_id, survey_id)
    SELECT call_id, id FROM surveys WHERE id = new.id OR reference = new.reference;
END;

CREATE TRIGGER surveys_answers_inserted AFTER INSERT ON surveys
BEGIN
    INSERT INTO count_answers_of (call_id, survey_id) VALUES (new.call_id, new.id);
    INSERT INTO count_answers_of SELECT * FROM replaced_answers;
    DELETE FROM replaced_answers;
END;

CREATE TRIGGER surveys_answers_updated AFTER UPDATE ON surveys
BEGIN
    INSERT INTO count_answers_of (call_id, survey_id) VALUES (old.call_id, old.id), (new.call_id, new.id);
    INSERT INTO count_answers_of SELECT * FROM replaced_answers;
    DELETE FROM replaced_answers;
END;

CREATE TRIGGER surveys_answers_deleted AFTER DELETE ON surveys
BEGIN
    INSERT INTO count_answers_of (call_id, survey_id) VALUES (old.call_id, old.id);
END;

CREATE TRIGGER survey_invitations_answers_replaced BEFORE INSERT ON survey_invitations
WHEN EXISTS (SELECT 1 FROM survey_invitations WHERE id = new.id)
    OR EXISTS (SELECT 1 FROM survey_invitations WHERE reference = new.reference)
BEGIN
    INSERT INTO replaced_answers (call_id, invitation_id)
    SELECT call_id, id FROM survey_invitations WHERE id = new.id OR reference = new.reference;
END;

CREATE TRIGGER survey_invitations_answers_taken BEFORE UPDATE OF id, reference ON survey_invitations
WHEN old.id IS NOT new.id OR old.reference IS NOT new.reference
BEGIN
    INSERT INTO replaced_answers (call_id, invitation_id)
    SELECT call_id, id FROM survey_invitations WHERE id = new.id OR reference = new.reference;
END;

CREATE TRIGGER survey_invitations_answers_inserted AFTER INSERT ON survey_invitations
BEGIN
    INSERT INTO count_answers_of (call_id, invitation_id) VALUES (new.call_id, new.id);
    INSERT INTO count_answers_of SELECT * FROM replaced_answers;
    DELETE FROM replaced_answers;
END;

CREATE TRIGGER survey_invitations_answers_updated AFTER UPDATE ON survey_invitations
BEGIN
    INSERT INTO count_answers_of (call_id, invitation_id) VALUES (old.call_id, old.id), (new.call_id, new.id);
    INSERT INTO count_answers_of SELECT * FROM replaced_answers;
    DELETE FROM replaced_answers;
END;

CREATE TRIGGER survey_invitations_answers_deleted AFTER DELETE ON survey_invitations
BEGIN
    INSERT INTO count_answers_of (call_id, invitation_id) VALUES (old.call_id, old.id);
END;

CREATE TRIGGER calls_answers_inserted AFTER INSERT ON calls
WHEN EXISTS (
        SELECT 1 FROM calls AS o
        WHERE o.source = new.source AND o.call_id = new.call_id
            AND (EXISTS (SELECT 1 FROM surveys WHERE call_id = o.id)
                OR EXISTS (SELECT 1 FROM survey_invitations WHERE call_id = o.id)))
BEGIN
    INSERT INTO count_answers_of
    SELECT id, NULL, NULL FROM calls WHERE source = new.source AND call_id = new.call_id
    UNION SELECT new.id, NULL, NULL;
END;

CREATE TRIGGER calls_answers_updated AFTER UPDATE OF
    queue_id, agent_id, entered_at, answered_at, ended_at, outcome
ON calls
WHEN EXISTS (
        SELECT 1 FROM calls AS o
        WHERE o.source = new.source AND o.call_id = new.call_id
            AND (EXISTS (SELECT 1 FROM surveys WHERE call_id = o.id)
                OR EXISTS (SELECT 1 FROM survey_invitations WHERE call_id = o.id)))
BEGIN
    INSERT INTO count_answers_of
    SELECT id, NULL, NULL FROM calls WHERE source = new.source AND call_id = new.call_id
    UNION SELECT new.id, NULL, NULL;
END;

CREATE TRIGGER calls_answers_moved AFTER UPDATE OF id, source, call_id ON calls
WHEN old.id IS NOT new.id OR old.source IS NOT new.source OR old.call_id IS NOT new.call_id
BEGIN
    INSERT INTO count_answers_of
    SELECT id, NULL, NULL FROM calls WHERE source = old.source AND call_id = old.call_id
    UNION SELECT old.id, NULL, NULL;
    INSERT INTO count_answers_of
    SELECT id, NULL, NULL FROM calls WHERE source = new.source AND call_id = new.call_id
    UNION SELECT new.id, NULL, NULL;
END;

CREATE TRIGGER calls_answers_deleted AFTER DELETE ON calls
WHEN EXISTS (
        SELECT 1 FROM calls AS o
        WHERE o.source = old.source AND o.call_id = old.call_id
            AND (EXISTS (SELECT 1 FROM surveys WHERE call_id = o.id)
                OR EXISTS (SELECT 1 FROM survey_invitations WHERE call_id = o.id)))
    OR EXISTS (SELECT 1 FROM surveys WHERE call_id = old.id)
    OR EXISTS (SELECT 1 FROM survey_invitations WHERE call_id = old.id)
BEGIN
    INSERT INTO count_answers_of
    SELECT id, NULL, NULL FROM calls WHERE source = old.source AND call_id = old.call_id
    UNION SELECT old.id, NULL, NULL;
END;

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
