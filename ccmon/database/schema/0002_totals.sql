-- What else than counting the totals need of the schema: keys that stay, and what they depend on besides.
--
-- The triggers that count are made by 0010, for the tables and columns of then. Those of before were here, in 0003 and in
-- 0009, and a database of that time has them until 0010 drops them.

-- An UPDATE OR REPLACE would delete the other row without a trigger of its own.
CREATE TRIGGER agent_states_key_taken BEFORE UPDATE OF id ON agent_states
WHEN EXISTS (SELECT 1 FROM agent_states WHERE id = new.id AND id <> old.id)
BEGIN
    SELECT raise(ABORT, 'another state has this id');
END;

CREATE TRIGGER missed_calls_key_taken BEFORE UPDATE OF id ON missed_calls
WHEN EXISTS (SELECT 1 FROM missed_calls WHERE id = new.id AND id <> old.id)
BEGIN
    SELECT raise(ABORT, 'another missed call has this id');
END;

-- What the totals depend on besides -------------------------------------------------------------------------------------
-- These are rare, and count whole days again.

-- The purpose of a queue makes its answered calls sales calls.
CREATE VIEW count_sales_calls (queue_id) AS SELECT NULL WHERE 0;

CREATE TRIGGER queues_inserted AFTER INSERT ON queues
WHEN EXISTS (SELECT 1 FROM queue_quarters WHERE queue_id = new.id)
BEGIN
    INSERT INTO count_sales_calls VALUES (new.id);
END;

CREATE TRIGGER queues_updated AFTER UPDATE OF id, purpose ON queues
WHEN (old.purpose IS 'sales') <> (new.purpose IS 'sales') OR old.id <> new.id
BEGIN
    INSERT INTO count_sales_calls VALUES (old.id);
    INSERT INTO count_sales_calls SELECT new.id WHERE old.id <> new.id;
END;

CREATE TRIGGER queues_deleted AFTER DELETE ON queues
WHEN EXISTS (SELECT 1 FROM queue_quarters WHERE queue_id = old.id)
BEGIN
    INSERT INTO count_sales_calls VALUES (old.id);
END;

-- A day's targets that are corrected for that day.
CREATE VIEW count_targets (queue_id, day_at) AS SELECT NULL, NULL WHERE 0;

CREATE TRIGGER queue_days_inserted AFTER INSERT ON queue_days
WHEN EXISTS (
    SELECT 1 FROM queue_quarters
    WHERE queue_id = new.queue_id AND quarter_at >= new.day_at
        AND quarter_at < (SELECT ends_at FROM business_days WHERE starts_at = new.day_at)
)
BEGIN
    INSERT INTO count_targets VALUES (new.queue_id, new.day_at);
END;

CREATE TRIGGER queue_days_updated AFTER UPDATE OF service_level_threshold_ms, short_abandon_ms ON queue_days
BEGIN
    INSERT INTO count_targets VALUES (new.queue_id, new.day_at);
END;

CREATE TRIGGER queue_days_keyed BEFORE UPDATE OF queue_id, day_at ON queue_days
WHEN new.queue_id <> old.queue_id OR new.day_at <> old.day_at
BEGIN
    SELECT raise(ABORT, 'the targets of a day stay with their queue and day');
END;

CREATE TRIGGER queue_days_deleting BEFORE DELETE ON queue_days
WHEN EXISTS (
    SELECT 1 FROM queue_quarters
    WHERE queue_id = old.queue_id AND offered > 0 AND quarter_at >= old.day_at
        AND quarter_at < (SELECT ends_at FROM business_days WHERE starts_at = old.day_at)
)
BEGIN
    SELECT raise(ABORT, 'this day has calls: its targets are needed');
END;

-- Sales in another currency than the site's add no revenue.
CREATE VIEW count_revenue (site_id) AS SELECT NULL WHERE 0;

CREATE TRIGGER site_inserted AFTER INSERT ON site
BEGIN
    INSERT INTO count_revenue VALUES (new.id);
END;

CREATE TRIGGER site_updated AFTER UPDATE OF currency ON site
WHEN old.currency IS NOT new.currency
BEGIN
    INSERT INTO count_revenue VALUES (new.id);
END;

CREATE TRIGGER site_deleted AFTER DELETE ON site
BEGIN
    INSERT INTO count_revenue VALUES (old.id);
END;
