-- Notes in the change log since when a membership or a pause in a queue is another, and which one a new one replaces.

DROP TRIGGER changes_of_queue_members_inserted;
DROP TRIGGER changes_of_queue_members_updated;
DROP TRIGGER changes_of_queue_members_moved;
DROP TRIGGER changes_of_queue_members_deleted;
DROP TRIGGER changes_of_queue_members_inserting;
DROP TRIGGER changes_of_queue_members_updating;
DROP TRIGGER changes_of_queue_pauses_inserted;
DROP TRIGGER changes_of_queue_pauses_updated;
DROP TRIGGER changes_of_queue_pauses_moved;
DROP TRIGGER changes_of_queue_pauses_deleted;
DROP TRIGGER changes_of_queue_pauses_inserting;
DROP TRIGGER changes_of_queue_pauses_updating;
DROP TRIGGER changes_of_customers_updating;

CREATE TRIGGER changes_of_queue_members_inserted AFTER INSERT ON queue_members
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES ('member', new.id, new.agent_id, new.queue_id, NULL, new.started_at);
    DELETE FROM changes WHERE new.id % 256 = 0 AND id <= (SELECT max(id) - 4096 FROM changes);
END;

CREATE TRIGGER changes_of_queue_members_updated AFTER UPDATE ON queue_members
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES ('member', new.id, new.agent_id, new.queue_id, NULL, iif(old.started_at = new.started_at, min(ifnull(old.ended_at, 9223372036854775807), ifnull(new.ended_at, 9223372036854775807)), min(old.started_at, new.started_at)));
END;

CREATE TRIGGER changes_of_queue_members_moved AFTER UPDATE OF id, agent_id, queue_id ON queue_members
WHEN old.id COLLATE BINARY IS NOT new.id
    OR old.agent_id COLLATE BINARY IS NOT new.agent_id
    OR old.queue_id COLLATE BINARY IS NOT new.queue_id
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES ('member', old.id, old.agent_id, old.queue_id, NULL, old.started_at);
END;

CREATE TRIGGER changes_of_queue_members_deleted AFTER DELETE ON queue_members
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES ('member', old.id, old.agent_id, old.queue_id, NULL, old.started_at);
END;

CREATE TRIGGER changes_of_queue_members_inserting BEFORE INSERT ON queue_members
WHEN EXISTS (SELECT 1 FROM queue_members WHERE id = new.id) OR EXISTS (SELECT 1 FROM queue_members WHERE queue_id = new.queue_id AND agent_id = new.agent_id AND ended_at IS NULL AND new.ended_at IS NULL)
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    SELECT 'member', gone.id, gone.agent_id, gone.queue_id, NULL, gone.started_at
    FROM queue_members AS gone WHERE id = new.id OR queue_id = new.queue_id AND agent_id = new.agent_id AND ended_at IS NULL AND new.ended_at IS NULL;
END;

CREATE TRIGGER changes_of_queue_members_updating BEFORE UPDATE OF id, queue_id, agent_id, ended_at ON queue_members
WHEN old.id COLLATE BINARY IS NOT new.id
    OR old.queue_id COLLATE BINARY IS NOT new.queue_id
    OR old.agent_id COLLATE BINARY IS NOT new.agent_id
    OR old.ended_at COLLATE BINARY IS NOT new.ended_at
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    SELECT 'member', gone.id, gone.agent_id, gone.queue_id, NULL, gone.started_at
    FROM queue_members AS gone WHERE id <> old.id AND (id = new.id OR queue_id = new.queue_id AND agent_id = new.agent_id AND ended_at IS NULL AND new.ended_at IS NULL);
END;

CREATE TRIGGER changes_of_queue_pauses_inserted AFTER INSERT ON queue_pauses
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES ('member', new.id, new.agent_id, new.queue_id, NULL, new.started_at);
    DELETE FROM changes WHERE new.id % 256 = 0 AND id <= (SELECT max(id) - 4096 FROM changes);
END;

CREATE TRIGGER changes_of_queue_pauses_updated AFTER UPDATE ON queue_pauses
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES ('member', new.id, new.agent_id, new.queue_id, NULL, iif(old.started_at = new.started_at, min(ifnull(old.ended_at, 9223372036854775807), ifnull(new.ended_at, 9223372036854775807)), min(old.started_at, new.started_at)));
END;

CREATE TRIGGER changes_of_queue_pauses_moved AFTER UPDATE OF id, agent_id, queue_id ON queue_pauses
WHEN old.id COLLATE BINARY IS NOT new.id
    OR old.agent_id COLLATE BINARY IS NOT new.agent_id
    OR old.queue_id COLLATE BINARY IS NOT new.queue_id
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES ('member', old.id, old.agent_id, old.queue_id, NULL, old.started_at);
END;

CREATE TRIGGER changes_of_queue_pauses_deleted AFTER DELETE ON queue_pauses
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES ('member', old.id, old.agent_id, old.queue_id, NULL, old.started_at);
END;

CREATE TRIGGER changes_of_queue_pauses_inserting BEFORE INSERT ON queue_pauses
WHEN EXISTS (SELECT 1 FROM queue_pauses WHERE id = new.id) OR EXISTS (SELECT 1 FROM queue_pauses WHERE queue_id = new.queue_id AND agent_id = new.agent_id AND ended_at IS NULL AND new.ended_at IS NULL)
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    SELECT 'member', gone.id, gone.agent_id, gone.queue_id, NULL, gone.started_at
    FROM queue_pauses AS gone WHERE id = new.id OR queue_id = new.queue_id AND agent_id = new.agent_id AND ended_at IS NULL AND new.ended_at IS NULL;
END;

CREATE TRIGGER changes_of_queue_pauses_updating BEFORE UPDATE OF id, queue_id, agent_id, ended_at ON queue_pauses
WHEN old.id COLLATE BINARY IS NOT new.id
    OR old.queue_id COLLATE BINARY IS NOT new.queue_id
    OR old.agent_id COLLATE BINARY IS NOT new.agent_id
    OR old.ended_at COLLATE BINARY IS NOT new.ended_at
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    SELECT 'member', gone.id, gone.agent_id, gone.queue_id, NULL, gone.started_at
    FROM queue_pauses AS gone WHERE id <> old.id AND (id = new.id OR queue_id = new.queue_id AND agent_id = new.agent_id AND ended_at IS NULL AND new.ended_at IS NULL);
END;

CREATE TRIGGER changes_of_customers_updating BEFORE UPDATE OF id, reference ON customers
WHEN old.id COLLATE BINARY IS NOT new.id
    OR old.reference COLLATE BINARY IS NOT new.reference
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    SELECT 'customer', gone.id, NULL, NULL, NULL, NULL
    FROM customers AS gone WHERE id <> old.id AND (id = new.id OR reference = new.reference);
END;
