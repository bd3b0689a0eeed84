-- Reasons of calls in the trail of changes, and contact reasons in the directory: what is kept of past days rests on them.

CREATE TRIGGER changes_of_call_reasons_inserted AFTER INSERT ON call_reasons
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES ('call_reason', new.call_id, NULL, NULL, NULL, (SELECT entered_at FROM calls WHERE id = new.call_id));
    DELETE FROM changes WHERE new.call_id % 256 = 0 AND id <= (SELECT max(id) - 4096 FROM changes);
END;

CREATE TRIGGER changes_of_call_reasons_updated AFTER UPDATE ON call_reasons
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES ('call_reason', new.call_id, NULL, NULL, NULL, (SELECT entered_at FROM calls WHERE id = new.call_id));
END;

CREATE TRIGGER changes_of_call_reasons_moved AFTER UPDATE OF call_id, reason_id ON call_reasons
WHEN old.call_id COLLATE BINARY IS NOT new.call_id
    OR old.reason_id COLLATE BINARY IS NOT new.reason_id
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES ('call_reason', old.call_id, NULL, NULL, NULL, (SELECT entered_at FROM calls WHERE id = old.call_id));
END;

CREATE TRIGGER changes_of_call_reasons_deleted AFTER DELETE ON call_reasons
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES ('call_reason', old.call_id, NULL, NULL, NULL, (SELECT entered_at FROM calls WHERE id = old.call_id));
END;

CREATE TRIGGER changes_of_contact_reasons_inserted AFTER INSERT ON contact_reasons
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES ('directory', NULL, NULL, NULL, NULL, NULL);
END;

CREATE TRIGGER changes_of_contact_reasons_updated AFTER UPDATE ON contact_reasons
WHEN old.id COLLATE BINARY IS NOT new.id
    OR old.name COLLATE BINARY IS NOT new.name
    OR old.product COLLATE BINARY IS NOT new.product
    OR old.is_problem COLLATE BINARY IS NOT new.is_problem
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES ('directory', NULL, NULL, NULL, NULL, NULL);
END;

CREATE TRIGGER changes_of_contact_reasons_deleted AFTER DELETE ON contact_reasons
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES ('directory', NULL, NULL, NULL, NULL, NULL);
END;
