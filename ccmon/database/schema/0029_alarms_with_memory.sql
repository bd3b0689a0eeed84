-- What persons do about alarms, and how long something must be wrong, or have been right, before one opens or clears.

CREATE TABLE alarm_acts (
    id INTEGER PRIMARY KEY,
    acted_at INTEGER NOT NULL,                              -- floor time
    rule TEXT NOT NULL,                                     -- such as longest_wait (metrics.md 18)
    subject TEXT NOT NULL,                                  -- the queue, agent or customer that the alarm is about
    since INTEGER,                                          -- when what it is about began
    act TEXT NOT NULL CHECK (act IN ('have', 'quiet', 'release')),
    who TEXT NOT NULL,                                      -- login of the person's account
    until INTEGER,                                          -- of quiet: until when
    CHECK ((act = 'quiet') = (until IS NOT NULL))
) STRICT;
CREATE INDEX alarm_acts_by_moment ON alarm_acts (acted_at);

-- SQLite cannot change a DEFAULT.
CREATE TABLE new_alarm_limits (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    longest_wait_ms INTEGER CHECK (longest_wait_ms > 0),    -- NULL: three service level thresholds of the queue
    nobody_on_phones_ms INTEGER NOT NULL DEFAULT 10000 CHECK (nobody_on_phones_ms > 0),
    short_of_agents_ms INTEGER NOT NULL DEFAULT 300000 CHECK (short_of_agents_ms > 0),
    calm_ms INTEGER NOT NULL DEFAULT 600000 CHECK (calm_ms > 0),
    service_level_visits INTEGER NOT NULL DEFAULT 10 CHECK (service_level_visits > 0),
    pause_ms INTEGER NOT NULL DEFAULT 1200000 CHECK (pause_ms > 0),
    wrap_up_ms INTEGER NOT NULL DEFAULT 180000 CHECK (wrap_up_ms > 0),
    talk_ms INTEGER NOT NULL DEFAULT 1200000 CHECK (talk_ms > 0),
    missed_calls INTEGER NOT NULL DEFAULT 3 CHECK (missed_calls > 0),
    follow_up_owners INTEGER NOT NULL DEFAULT 3 CHECK (follow_up_owners > 0),
    low_scores INTEGER NOT NULL DEFAULT 3 CHECK (low_scores > 0),
    owners_at_risk INTEGER NOT NULL DEFAULT 3 CHECK (owners_at_risk > 0),
    data_age_ms INTEGER NOT NULL DEFAULT 30000 CHECK (data_age_ms > 0),
    import_age_ms INTEGER NOT NULL DEFAULT 1800000 CHECK (import_age_ms > 0),
    quiet_source_ms INTEGER NOT NULL DEFAULT 3600000 CHECK (quiet_source_ms > 0)
) STRICT;
INSERT INTO new_alarm_limits (id, longest_wait_ms, service_level_visits, pause_ms, wrap_up_ms, talk_ms, missed_calls,
    follow_up_owners, low_scores, owners_at_risk, data_age_ms, import_age_ms, quiet_source_ms)
SELECT id, longest_wait_ms, service_level_visits, pause_ms, wrap_up_ms, talk_ms, missed_calls,
    follow_up_owners, low_scores, owners_at_risk, data_age_ms, import_age_ms, quiet_source_ms FROM alarm_limits;
DROP TABLE alarm_limits;
ALTER TABLE new_alarm_limits RENAME TO alarm_limits;

CREATE TRIGGER changes_of_alarm_acts_inserted AFTER INSERT ON alarm_acts
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES ('alarm_act', new.id, NULL, NULL, NULL, new.acted_at);
    DELETE FROM changes WHERE new.id % 256 = 0 AND id <= (SELECT max(id) - 4096 FROM changes);
END;

CREATE TRIGGER changes_of_alarm_acts_updated AFTER UPDATE ON alarm_acts
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES ('alarm_act', new.id, NULL, NULL, NULL, new.acted_at);
END;

CREATE TRIGGER changes_of_alarm_acts_moved AFTER UPDATE OF id, acted_at ON alarm_acts
WHEN old.id COLLATE BINARY IS NOT new.id
    OR old.acted_at COLLATE BINARY IS NOT new.acted_at
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES ('alarm_act', old.id, NULL, NULL, NULL, old.acted_at);
END;

CREATE TRIGGER changes_of_alarm_acts_deleted AFTER DELETE ON alarm_acts
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES ('alarm_act', old.id, NULL, NULL, NULL, old.acted_at);
END;

CREATE TRIGGER changes_of_alarm_limits_inserted AFTER INSERT ON alarm_limits
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES ('directory', NULL, NULL, NULL, NULL, NULL);
END;

CREATE TRIGGER changes_of_alarm_limits_updated AFTER UPDATE ON alarm_limits
WHEN old.longest_wait_ms COLLATE BINARY IS NOT new.longest_wait_ms
    OR old.nobody_on_phones_ms COLLATE BINARY IS NOT new.nobody_on_phones_ms
    OR old.short_of_agents_ms COLLATE BINARY IS NOT new.short_of_agents_ms
    OR old.calm_ms COLLATE BINARY IS NOT new.calm_ms
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
