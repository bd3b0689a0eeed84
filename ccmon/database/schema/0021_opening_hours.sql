-- The opening hours of the site by weekday, and its holidays.

CREATE TABLE opening_hours (
    weekday TEXT PRIMARY KEY
        CHECK (weekday IN ('monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday')),
    hours TEXT NOT NULL                                     -- 09:00-12:30, 13:30-18:00; closed; 24 h
) STRICT, WITHOUT ROWID;

CREATE TABLE holidays (
    day TEXT PRIMARY KEY CHECK (day IS date(day)),          -- ISO
    name TEXT NOT NULL,
    hours TEXT NOT NULL DEFAULT 'closed'                    -- as in opening_hours
) STRICT, WITHOUT ROWID;

CREATE TRIGGER changes_of_opening_hours_inserted AFTER INSERT ON opening_hours
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES ('directory', NULL, NULL, NULL, NULL, NULL);
END;

CREATE TRIGGER changes_of_opening_hours_updated AFTER UPDATE ON opening_hours
WHEN old.weekday COLLATE BINARY IS NOT new.weekday
    OR old.hours COLLATE BINARY IS NOT new.hours
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES ('directory', NULL, NULL, NULL, NULL, NULL);
END;

CREATE TRIGGER changes_of_opening_hours_deleted AFTER DELETE ON opening_hours
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES ('directory', NULL, NULL, NULL, NULL, NULL);
END;

CREATE TRIGGER changes_of_holidays_inserted AFTER INSERT ON holidays
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES ('directory', NULL, NULL, NULL, NULL, NULL);
END;

CREATE TRIGGER changes_of_holidays_updated AFTER UPDATE ON holidays
WHEN old.day COLLATE BINARY IS NOT new.day
    OR old.name COLLATE BINARY IS NOT new.name
    OR old.hours COLLATE BINARY IS NOT new.hours
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES ('directory', NULL, NULL, NULL, NULL, NULL);
END;

CREATE TRIGGER changes_of_holidays_deleted AFTER DELETE ON holidays
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES ('directory', NULL, NULL, NULL, NULL, NULL);
END;
