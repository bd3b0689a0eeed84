-- Counted answers to surveys, and invitations, in the trail of changes: what is kept of past days rests on them.

CREATE TRIGGER changes_of_counted_answers_inserted AFTER INSERT ON counted_answers
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES ('answer', new.survey_id, NULL, NULL, NULL, new.since_at);
    DELETE FROM changes WHERE new.survey_id % 256 = 0 AND id <= (SELECT max(id) - 4096 FROM changes);
END;

CREATE TRIGGER changes_of_counted_answers_updated AFTER UPDATE ON counted_answers
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES ('answer', new.survey_id, NULL, NULL, NULL, new.since_at);
END;

CREATE TRIGGER changes_of_counted_answers_moved AFTER UPDATE OF survey_id, since_at ON counted_answers
WHEN old.survey_id COLLATE BINARY IS NOT new.survey_id
    OR old.since_at COLLATE BINARY IS NOT new.since_at
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES ('answer', old.survey_id, NULL, NULL, NULL, old.since_at);
END;

CREATE TRIGGER changes_of_counted_answers_deleted AFTER DELETE ON counted_answers
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES ('answer', old.survey_id, NULL, NULL, NULL, old.since_at);
END;

CREATE TRIGGER changes_of_counted_invitations_inserted AFTER INSERT ON counted_invitations
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES ('invitation', new.invitation_id, NULL, NULL, NULL, new.since_at);
    DELETE FROM changes WHERE new.invitation_id % 256 = 0 AND id <= (SELECT max(id) - 4096 FROM changes);
END;

CREATE TRIGGER changes_of_counted_invitations_updated AFTER UPDATE ON counted_invitations
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES ('invitation', new.invitation_id, NULL, NULL, NULL, new.since_at);
END;

CREATE TRIGGER changes_of_counted_invitations_moved AFTER UPDATE OF invitation_id, since_at ON counted_invitations
WHEN old.invitation_id COLLATE BINARY IS NOT new.invitation_id
    OR old.since_at COLLATE BINARY IS NOT new.since_at
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES ('invitation', old.invitation_id, NULL, NULL, NULL, old.since_at);
END;

CREATE TRIGGER changes_of_counted_invitations_deleted AFTER DELETE ON counted_invitations
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES ('invitation', old.invitation_id, NULL, NULL, NULL, old.since_at);
END;
