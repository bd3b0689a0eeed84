-- Triggers of this connection alone that note which hours a bulk load touches, in place of those that keep the totals.
CREATE TEMP TABLE touched (
    first_hour INTEGER NOT NULL, last_hour INTEGER NOT NULL, PRIMARY KEY (first_hour, last_hour)
) WITHOUT ROWID;

CREATE TEMP TRIGGER touched_calls_inserting BEFORE INSERT ON calls
WHEN EXISTS (SELECT 1 FROM calls WHERE id = new.id)
    OR EXISTS (SELECT 1 FROM calls WHERE source = new.source AND call_id = new.call_id AND visit = coalesce(new.visit, 1))
BEGIN
    INSERT INTO touched SELECT entered_at / 3600000, entered_at / 3600000 FROM calls
    WHERE id = new.id OR (source = new.source AND call_id = new.call_id AND visit = coalesce(new.visit, 1))
    ON CONFLICT DO NOTHING;
END;

CREATE TEMP TRIGGER touched_calls_inserted AFTER INSERT ON calls
BEGIN
    INSERT INTO touched VALUES (new.entered_at / 3600000, new.entered_at / 3600000) ON CONFLICT DO NOTHING;
END;

CREATE TEMP TRIGGER touched_calls_updated AFTER UPDATE ON calls
BEGIN
    INSERT INTO touched VALUES (old.entered_at / 3600000, old.entered_at / 3600000) ON CONFLICT DO NOTHING;
    INSERT INTO touched VALUES (new.entered_at / 3600000, new.entered_at / 3600000) ON CONFLICT DO NOTHING;
END;

CREATE TEMP TRIGGER touched_calls_deleted AFTER DELETE ON calls
BEGIN
    INSERT INTO touched VALUES (old.entered_at / 3600000, old.entered_at / 3600000) ON CONFLICT DO NOTHING;
END;

CREATE TEMP TRIGGER touched_agent_states_inserting BEFORE INSERT ON agent_states
WHEN EXISTS (SELECT 1 FROM agent_states WHERE id = new.id)
BEGIN
    INSERT INTO touched SELECT started_at / 3600000, ended_at / 3600000 FROM agent_states
    WHERE id = new.id AND ended_at > started_at
    ON CONFLICT DO NOTHING;
END;

CREATE TEMP TRIGGER touched_agent_states_inserted AFTER INSERT ON agent_states
WHEN new.ended_at > new.started_at
BEGIN
    INSERT INTO touched VALUES (new.started_at / 3600000, new.ended_at / 3600000) ON CONFLICT DO NOTHING;
END;

CREATE TEMP TRIGGER touched_agent_states_updated AFTER UPDATE ON agent_states
BEGIN
    INSERT INTO touched SELECT old.started_at / 3600000, old.ended_at / 3600000 WHERE old.ended_at > old.started_at
    ON CONFLICT DO NOTHING;
    INSERT INTO touched SELECT new.started_at / 3600000, new.ended_at / 3600000 WHERE new.ended_at > new.started_at
    ON CONFLICT DO NOTHING;
END;

CREATE TEMP TRIGGER touched_agent_states_deleted AFTER DELETE ON agent_states
WHEN old.ended_at > old.started_at
BEGIN
    INSERT INTO touched VALUES (old.started_at / 3600000, old.ended_at / 3600000) ON CONFLICT DO NOTHING;
END;

CREATE TEMP TRIGGER touched_missed_calls_inserting BEFORE INSERT ON missed_calls
WHEN EXISTS (SELECT 1 FROM missed_calls WHERE id = new.id)
BEGIN
    INSERT INTO touched SELECT missed_at / 3600000, missed_at / 3600000 FROM missed_calls WHERE id = new.id
    ON CONFLICT DO NOTHING;
END;

CREATE TEMP TRIGGER touched_missed_calls_inserted AFTER INSERT ON missed_calls
BEGIN
    INSERT INTO touched VALUES (new.missed_at / 3600000, new.missed_at / 3600000) ON CONFLICT DO NOTHING;
END;

CREATE TEMP TRIGGER touched_missed_calls_updated AFTER UPDATE ON missed_calls
BEGIN
    INSERT INTO touched VALUES (old.missed_at / 3600000, old.missed_at / 3600000) ON CONFLICT DO NOTHING;
    INSERT INTO touched VALUES (new.missed_at / 3600000, new.missed_at / 3600000) ON CONFLICT DO NOTHING;
END;

CREATE TEMP TRIGGER touched_missed_calls_deleted AFTER DELETE ON missed_calls
BEGIN
    INSERT INTO touched VALUES (old.missed_at / 3600000, old.missed_at / 3600000) ON CONFLICT DO NOTHING;
END;

CREATE TEMP TRIGGER touched_sales_inserting BEFORE INSERT ON sales
WHEN EXISTS (SELECT 1 FROM sales WHERE id = new.id)
    OR (new.reference IS NOT NULL AND EXISTS (SELECT 1 FROM sales WHERE reference = new.reference))
BEGIN
    INSERT INTO touched SELECT sold_at / 3600000, sold_at / 3600000 FROM sales
    WHERE id = new.id OR (new.reference IS NOT NULL AND reference = new.reference)
    ON CONFLICT DO NOTHING;
END;

CREATE TEMP TRIGGER touched_sales_inserted AFTER INSERT ON sales
BEGIN
    INSERT INTO touched VALUES (new.sold_at / 3600000, new.sold_at / 3600000) ON CONFLICT DO NOTHING;
END;

CREATE TEMP TRIGGER touched_sales_updated AFTER UPDATE ON sales
BEGIN
    INSERT INTO touched VALUES (old.sold_at / 3600000, old.sold_at / 3600000) ON CONFLICT DO NOTHING;
    INSERT INTO touched VALUES (new.sold_at / 3600000, new.sold_at / 3600000) ON CONFLICT DO NOTHING;
END;

CREATE TEMP TRIGGER touched_sales_deleted AFTER DELETE ON sales
BEGIN
    INSERT INTO touched VALUES (old.sold_at / 3600000, old.sold_at / 3600000) ON CONFLICT DO NOTHING;
END;
