-- Limits of alarms of the site, of a queue and of a team; those of pause reasons are there already.

-- No row: all have their usual values.
CREATE TABLE alarm_limits (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    longest_wait_ms INTEGER CHECK (longest_wait_ms > 0),    -- NULL: three service level thresholds of the queue
    service_level_visits INTEGER NOT NULL DEFAULT 10 CHECK (service_level_visits > 0),
    pause_ms INTEGER NOT NULL DEFAULT 1200000 CHECK (pause_ms > 0),
    wrap_up_ms INTEGER NOT NULL DEFAULT 180000 CHECK (wrap_up_ms > 0),
    talk_ms INTEGER NOT NULL DEFAULT 1200000 CHECK (talk_ms > 0),
    missed_calls INTEGER NOT NULL DEFAULT 3 CHECK (missed_calls > 0),
    follow_up_owners INTEGER NOT NULL DEFAULT 5 CHECK (follow_up_owners > 0),
    low_scores INTEGER NOT NULL DEFAULT 5 CHECK (low_scores > 0),
    owners_at_risk INTEGER NOT NULL DEFAULT 3 CHECK (owners_at_risk > 0),
    data_age_ms INTEGER NOT NULL DEFAULT 30000 CHECK (data_age_ms > 0),
    import_age_ms INTEGER NOT NULL DEFAULT 1800000 CHECK (import_age_ms > 0),
    quiet_source_ms INTEGER NOT NULL DEFAULT 3600000 CHECK (quiet_source_ms > 0)
) STRICT;

-- NULL: the limit of the team where it has one, else of the site.
ALTER TABLE queues ADD COLUMN longest_wait_limit_ms INTEGER CHECK (longest_wait_limit_ms > 0);
ALTER TABLE queues ADD COLUMN wrap_up_limit_ms INTEGER CHECK (wrap_up_limit_ms > 0);
ALTER TABLE queues ADD COLUMN talk_limit_ms INTEGER CHECK (talk_limit_ms > 0);
ALTER TABLE teams ADD COLUMN pause_limit_ms INTEGER CHECK (pause_limit_ms > 0);
ALTER TABLE teams ADD COLUMN wrap_up_limit_ms INTEGER CHECK (wrap_up_limit_ms > 0);
ALTER TABLE teams ADD COLUMN talk_limit_ms INTEGER CHECK (talk_limit_ms > 0);
ALTER TABLE teams ADD COLUMN missed_calls_limit INTEGER CHECK (missed_calls_limit > 0);

DROP TRIGGER changes_of_queues_updated;
DROP TRIGGER changes_of_teams_updated;

CREATE TRIGGER changes_of_teams_updated AFTER UPDATE ON teams
WHEN old.id COLLATE BINARY IS NOT new.id
    OR old.name COLLATE BINARY IS NOT new.name
    OR old.client_id COLLATE BINARY IS NOT new.client_id
    OR old.pause_limit_ms COLLATE BINARY IS NOT new.pause_limit_ms
    OR old.wrap_up_limit_ms COLLATE BINARY IS NOT new.wrap_up_limit_ms
    OR old.talk_limit_ms COLLATE BINARY IS NOT new.talk_limit_ms
    OR old.missed_calls_limit COLLATE BINARY IS NOT new.missed_calls_limit
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES ('directory', NULL, NULL, NULL, NULL, NULL);
END;

CREATE TRIGGER changes_of_queues_updated AFTER UPDATE ON queues
WHEN old.id COLLATE BINARY IS NOT new.id
    OR old.name COLLATE BINARY IS NOT new.name
    OR old.client_id COLLATE BINARY IS NOT new.client_id
    OR old.purpose COLLATE BINARY IS NOT new.purpose
    OR old.service_level_threshold_ms COLLATE BINARY IS NOT new.service_level_threshold_ms
    OR old.service_level_target COLLATE BINARY IS NOT new.service_level_target
    OR old.short_abandon_ms COLLATE BINARY IS NOT new.short_abandon_ms
    OR old.handling_target_ms COLLATE BINARY IS NOT new.handling_target_ms
    OR old.longest_wait_limit_ms COLLATE BINARY IS NOT new.longest_wait_limit_ms
    OR old.wrap_up_limit_ms COLLATE BINARY IS NOT new.wrap_up_limit_ms
    OR old.talk_limit_ms COLLATE BINARY IS NOT new.talk_limit_ms
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES ('directory', NULL, NULL, NULL, NULL, NULL);
END;

CREATE TRIGGER changes_of_alarm_limits_inserted AFTER INSERT ON alarm_limits
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES ('directory', NULL, NULL, NULL, NULL, NULL);
END;

CREATE TRIGGER changes_of_alarm_limits_updated AFTER UPDATE ON alarm_limits
WHEN old.longest_wait_ms COLLATE BINARY IS NOT new.longest_wait_ms
    OR old.service_level_visits COLLATE BINARY IS NOT new.service_level_visits
    OR old.pause_ms COLLATE BINARY IS NOT new.pause_ms
    OR old.wrap_up_ms COLLATE BINARY IS NOT new.wrap_up_ms
    OR old.talk_ms COLLATE BINARY IS NOT new.talk_ms
    OR old.missed_calls COLLATE BINARY IS NOT new.missed_calls
    OR old.follow_up_owners COLLATE BINARY IS NOT new.follow_up_owners
    OR old.low_scores COLLATE BINARY IS NOT new.low_scores
    OR old.owners_at_risk COLLATE BINARY IS NOT new.owners_at_risk
    OR old.data_age_ms COLLATE BINARY IS NOT new.data_age_ms
    OR old.import_age_ms COLLATE BINARY IS NOT new.import_age_ms
    OR old.quiet_source_ms COLLATE BINARY IS NOT new.quiet_source_ms
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES ('directory', NULL, NULL, NULL, NULL, NULL);
END;

CREATE TRIGGER changes_of_alarm_limits_deleted AFTER DELETE ON alarm_limits
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES ('directory', NULL, NULL, NULL, NULL, NULL);
END;
