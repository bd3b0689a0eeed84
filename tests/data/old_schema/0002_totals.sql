-- Triggers that keep the totals right whoever writes and whatever is corrected later (metrics.md 1.4, 1.6, 1.9).
--
-- Each source of totals has a view that holds no rows: inserting into it counts one row in (sign 1) or out (sign -1).
-- The triggers of the source count a new row in, a deleted row out, and an updated one out as it was and in as it is.
-- INSERT OR REPLACE deletes rows without firing their delete triggers (unless PRAGMA recursive_triggers is on): a BEFORE
-- INSERT trigger notes the rows that are in the way in replaced_*, and the AFTER INSERT trigger counts out those that
-- have gone. A statement that ignores or updates instead leaves notes behind that nothing reads.
-- Inside a trigger "INSERT OR ..." would take on the conflict rule of the outer statement; ON CONFLICT does not.
-- An agent_id of 0 in agent_days is nobody known.

-- Calls ---------------------------------------------------------------------------------------------------------------

CREATE VIEW count_call (sign, day_at, direction, queue_id, campaign_id, agent_id, entered_at, class, wait_ms, handled,
                        talk_ms, hold_ms, wrap_up_ms, right_party) AS
SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL WHERE 0;

CREATE TRIGGER count_call_of_new_day INSTEAD OF INSERT ON count_call
WHEN new.sign > 0 AND new.direction = 'inbound' AND new.queue_id IS NOT NULL AND new.class <> 'blocked'
    AND NOT EXISTS (SELECT 1 FROM queue_days WHERE queue_id = new.queue_id AND day_at = new.day_at)
BEGIN
    INSERT INTO queue_days (queue_id, day_at, service_level_threshold_ms, service_level_target, short_abandon_ms)
    SELECT id, new.day_at, service_level_threshold_ms, service_level_target, short_abandon_ms
    FROM queues
    WHERE id = new.queue_id AND new.day_at IS NOT NULL;
END;

CREATE TRIGGER count_call_in_queue INSTEAD OF INSERT ON count_call
WHEN new.direction = 'inbound' AND new.queue_id IS NOT NULL AND new.day_at IS NOT NULL
    AND new.class IN ('open', 'unknown', 'timed_out', 'no_agents', 'diverted')
BEGIN
    INSERT INTO queue_quarters (queue_id, quarter_at, offered, timed_out, no_agents, diverted, unknown)
    VALUES (
        new.queue_id, new.entered_at - new.entered_at % 900000, new.sign, new.sign * (new.class = 'timed_out'),
        new.sign * (new.class = 'no_agents'), new.sign * (new.class = 'diverted'), new.sign * (new.class = 'unknown')
    )
    ON CONFLICT (queue_id, quarter_at) DO UPDATE SET
        offered = offered + excluded.offered,
        timed_out = timed_out + excluded.timed_out,
        no_agents = no_agents + excluded.no_agents,
        diverted = diverted + excluded.diverted,
        unknown = unknown + excluded.unknown;
END;

CREATE TRIGGER count_call_abandoned INSTEAD OF INSERT ON count_call
WHEN new.direction = 'inbound' AND new.queue_id IS NOT NULL AND new.day_at IS NOT NULL AND new.class = 'abandoned'
BEGIN
    INSERT INTO queue_quarters (queue_id, quarter_at, offered, abandoned, short_abandoned, abandoned_wait_ms)
    SELECT new.queue_id, new.entered_at - new.entered_at % 900000, new.sign, new.sign, new.sign * is_short,
        iif(is_short, 0, new.sign * new.wait_ms)
    FROM (
        SELECT new.wait_ms <= coalesce(
            (SELECT short_abandon_ms FROM queue_days WHERE queue_id = new.queue_id AND day_at = new.day_at), 5000
        ) AS is_short
    )
    WHERE true
    ON CONFLICT (queue_id, quarter_at) DO UPDATE SET
        offered = offered + excluded.offered,
        abandoned = abandoned + excluded.abandoned,
        short_abandoned = short_abandoned + excluded.short_abandoned,
        abandoned_wait_ms = abandoned_wait_ms + excluded.abandoned_wait_ms;
END;

CREATE TRIGGER count_call_answered INSTEAD OF INSERT ON count_call
WHEN new.direction = 'inbound' AND new.queue_id IS NOT NULL AND new.day_at IS NOT NULL AND new.class = 'answered'
BEGIN
    INSERT INTO queue_quarters (queue_id, quarter_at, offered, answered, answered_in_threshold, answered_wait_ms, handled,
                                talk_ms, hold_ms, wrap_up_ms)
    VALUES (
        new.queue_id, new.entered_at - new.entered_at % 900000, new.sign, new.sign,
        new.sign * (new.wait_ms <= coalesce(
            (SELECT service_level_threshold_ms FROM queue_days WHERE queue_id = new.queue_id AND day_at = new.day_at),
            20000
        )),
        new.sign * new.wait_ms,
        new.sign * new.handled,
        iif(new.handled, new.sign * new.talk_ms, 0),
        iif(new.handled, new.sign * new.hold_ms, 0),
        iif(new.handled, new.sign * new.wrap_up_ms, 0)
    )
    ON CONFLICT (queue_id, quarter_at) DO UPDATE SET
        offered = offered + excluded.offered,
        answered = answered + excluded.answered,
        answered_in_threshold = answered_in_threshold + excluded.answered_in_threshold,
        answered_wait_ms = answered_wait_ms + excluded.answered_wait_ms,
        handled = handled + excluded.handled,
        talk_ms = talk_ms + excluded.talk_ms,
        hold_ms = hold_ms + excluded.hold_ms,
        wrap_up_ms = wrap_up_ms + excluded.wrap_up_ms;
END;

CREATE TRIGGER count_call_in_waits INSTEAD OF INSERT ON count_call
WHEN new.direction = 'inbound' AND new.queue_id IS NOT NULL AND new.day_at IS NOT NULL
    AND new.class IN ('answered', 'abandoned', 'timed_out', 'no_agents', 'diverted')
BEGIN
    INSERT INTO wait_histogram (queue_id, day_at, wait_s, visits)
    VALUES (new.queue_id, new.day_at, new.wait_ms / 1000, new.sign)
    ON CONFLICT (queue_id, day_at, wait_s) DO UPDATE SET visits = visits + excluded.visits;
END;

CREATE TRIGGER count_call_out_of_waits INSTEAD OF INSERT ON count_call
WHEN new.sign < 0 AND new.wait_ms IS NOT NULL
BEGIN
    DELETE FROM wait_histogram
    WHERE queue_id = new.queue_id AND day_at = new.day_at AND wait_s = new.wait_ms / 1000 AND visits = 0;
END;

CREATE TRIGGER count_call_in_handling INSTEAD OF INSERT ON count_call
WHEN new.handled AND new.day_at IS NOT NULL
BEGIN
    INSERT INTO handling_histogram (day_at, direction, queue_id, handling_s, calls)
    SELECT new.day_at, new.direction, coalesce(new.queue_id, 0), iif(s < 600, s, s - s % 10), new.sign
    FROM (SELECT (new.talk_ms + new.hold_ms + new.wrap_up_ms) / 1000 AS s)
    WHERE true
    ON CONFLICT (day_at, direction, queue_id, handling_s) DO UPDATE SET calls = calls + excluded.calls;
    DELETE FROM handling_histogram
    WHERE new.sign < 0 AND day_at = new.day_at AND direction = new.direction AND queue_id = coalesce(new.queue_id, 0)
        AND handling_s > (new.talk_ms + new.hold_ms + new.wrap_up_ms) / 1000 - 10
        AND handling_s <= (new.talk_ms + new.hold_ms + new.wrap_up_ms) / 1000
        AND calls = 0;
END;

CREATE TRIGGER count_call_in_agent_day INSTEAD OF INSERT ON count_call
WHEN new.class = 'answered' AND new.day_at IS NOT NULL
BEGIN
    INSERT INTO agent_days (day_at, agent_id, inbound, outbound, inbound_talk_ms, inbound_hold_ms, inbound_wrap_up_ms,
                            outbound_talk_ms, outbound_hold_ms, outbound_wrap_up_ms, sales_calls)
    SELECT
        new.day_at, coalesce(new.agent_id, 0), inbound, outbound,
        iif(inbound, inbound * new.talk_ms, 0),
        iif(inbound, inbound * new.hold_ms, 0),
        iif(inbound, inbound * new.wrap_up_ms, 0),
        iif(outbound, outbound * new.talk_ms, 0),
        iif(outbound, outbound * new.hold_ms, 0),
        iif(outbound, outbound * new.wrap_up_ms, 0),
        new.sign * iif(
            new.direction = 'inbound',
            (SELECT purpose FROM queues WHERE id = new.queue_id) IS 'sales',
            new.right_party IS 1
        )
    FROM (
        SELECT
            new.sign * (new.handled AND new.direction = 'inbound') AS inbound,
            new.sign * (new.handled AND new.direction = 'outbound') AS outbound
    )
    WHERE true
    ON CONFLICT (day_at, agent_id) DO UPDATE SET
        inbound = inbound + excluded.inbound,
        outbound = outbound + excluded.outbound,
        inbound_talk_ms = inbound_talk_ms + excluded.inbound_talk_ms,
        inbound_hold_ms = inbound_hold_ms + excluded.inbound_hold_ms,
        inbound_wrap_up_ms = inbound_wrap_up_ms + excluded.inbound_wrap_up_ms,
        outbound_talk_ms = outbound_talk_ms + excluded.outbound_talk_ms,
        outbound_hold_ms = outbound_hold_ms + excluded.outbound_hold_ms,
        outbound_wrap_up_ms = outbound_wrap_up_ms + excluded.outbound_wrap_up_ms,
        sales_calls = sales_calls + excluded.sales_calls;
END;

CREATE TRIGGER count_call_in_campaign INSTEAD OF INSERT ON count_call
WHEN new.direction = 'outbound' AND new.campaign_id IS NOT NULL AND new.day_at IS NOT NULL
BEGIN
    INSERT INTO campaign_days (day_at, campaign_id, attempts, contacts, sales_calls)
    VALUES (new.day_at, new.campaign_id, new.sign, new.sign * (new.class = 'answered'),
            new.sign * (new.class = 'answered' AND new.right_party IS 1))
    ON CONFLICT (day_at, campaign_id) DO UPDATE SET
        attempts = attempts + excluded.attempts,
        contacts = contacts + excluded.contacts,
        sales_calls = sales_calls + excluded.sales_calls;
END;

CREATE TABLE replaced_calls (
    id INTEGER PRIMARY KEY,
    direction TEXT NOT NULL,
    queue_id INTEGER,
    campaign_id INTEGER,
    agent_id INTEGER,
    entered_at INTEGER NOT NULL,
    class TEXT NOT NULL,
    wait_ms INTEGER,
    handled INTEGER NOT NULL,
    talk_ms INTEGER,
    hold_ms INTEGER NOT NULL,
    wrap_up_ms INTEGER,
    right_party INTEGER
) STRICT;

CREATE TRIGGER calls_inserting BEFORE INSERT ON calls
WHEN EXISTS (SELECT 1 FROM calls WHERE id = new.id)
    OR EXISTS (SELECT 1 FROM calls WHERE source = new.source AND call_id = new.call_id AND visit = coalesce(new.visit, 1))
BEGIN
    DELETE FROM replaced_calls;
    INSERT INTO replaced_calls
    SELECT id, direction, queue_id, campaign_id, agent_id, entered_at, class, wait_ms, handled, talk_ms,
        coalesce(hold_ms, 0), wrap_up_ms, right_party
    FROM calls
    WHERE id = new.id OR (source = new.source AND call_id = new.call_id AND visit = coalesce(new.visit, 1));
END;

CREATE TRIGGER calls_replaced AFTER INSERT ON calls
WHEN EXISTS (SELECT 1 FROM replaced_calls)
BEGIN
    INSERT INTO count_call
    SELECT -1,
        (SELECT iif(r.entered_at < ends_at, starts_at, NULL) FROM business_days
         WHERE starts_at <= r.entered_at ORDER BY starts_at DESC LIMIT 1),
        direction, queue_id, campaign_id, agent_id, entered_at, class, wait_ms, handled, talk_ms, hold_ms, wrap_up_ms,
        right_party
    FROM replaced_calls AS r
    WHERE id = new.id OR NOT EXISTS (SELECT 1 FROM calls WHERE calls.id = r.id);
    DELETE FROM replaced_calls;
END;

CREATE TRIGGER calls_inserted AFTER INSERT ON calls
BEGIN
    INSERT INTO count_call VALUES (
        1,
        (SELECT iif(new.entered_at < ends_at, starts_at, NULL) FROM business_days
         WHERE starts_at <= new.entered_at ORDER BY starts_at DESC LIMIT 1),
        new.direction, new.queue_id, new.campaign_id, new.agent_id, new.entered_at, new.class, new.wait_ms, new.handled,
        new.talk_ms, coalesce(new.hold_ms, 0), new.wrap_up_ms, new.right_party
    );
END;

CREATE TRIGGER calls_updated AFTER UPDATE OF id, direction, queue_id, campaign_id, agent_id, entered_at, answered_at,
    ended_at, wrapped_up_at, wrapping_up, hold_ms, outcome, right_party ON calls
BEGIN
    DELETE FROM replaced_calls WHERE id = old.id AND new.id <> old.id;
    INSERT INTO count_call VALUES (
        -1,
        (SELECT iif(old.entered_at < ends_at, starts_at, NULL) FROM business_days
         WHERE starts_at <= old.entered_at ORDER BY starts_at DESC LIMIT 1),
        old.direction, old.queue_id, old.campaign_id, old.agent_id, old.entered_at, old.class, old.wait_ms, old.handled,
        old.talk_ms, coalesce(old.hold_ms, 0), old.wrap_up_ms, old.right_party
    );
    INSERT INTO count_call VALUES (
        1,
        (SELECT iif(new.entered_at < ends_at, starts_at, NULL) FROM business_days
         WHERE starts_at <= new.entered_at ORDER BY starts_at DESC LIMIT 1),
        new.direction, new.queue_id, new.campaign_id, new.agent_id, new.entered_at, new.class, new.wait_ms, new.handled,
        new.talk_ms, coalesce(new.hold_ms, 0), new.wrap_up_ms, new.right_party
    );
END;

CREATE TRIGGER calls_deleted AFTER DELETE ON calls
BEGIN
    DELETE FROM replaced_calls WHERE id = old.id;
    INSERT INTO count_call VALUES (
        -1,
        (SELECT iif(old.entered_at < ends_at, starts_at, NULL) FROM business_days
         WHERE starts_at <= old.entered_at ORDER BY starts_at DESC LIMIT 1),
        old.direction, old.queue_id, old.campaign_id, old.agent_id, old.entered_at, old.class, old.wait_ms, old.handled,
        old.talk_ms, coalesce(old.hold_ms, 0), old.wrap_up_ms, old.right_party
    );
END;

-- An UPDATE OR REPLACE would delete the other row without a trigger of its own.
CREATE TRIGGER calls_key_taken BEFORE UPDATE OF id, source, call_id, visit ON calls
WHEN EXISTS (SELECT 1 FROM calls WHERE id = new.id AND id <> old.id)
    OR EXISTS (
        SELECT 1 FROM calls
        WHERE source = new.source AND call_id = new.call_id AND visit = new.visit AND id <> old.id
    )
BEGIN
    SELECT raise(ABORT, 'another call has this id, or this source, call_id and visit');
END;

-- Agents' states --------------------------------------------------------------------------------------------------------

CREATE VIEW count_state (sign, agent_id, state, started_at, ended_at) AS SELECT NULL, NULL, NULL, NULL, NULL WHERE 0;

CREATE TRIGGER count_state_in_agent_day INSTEAD OF INSERT ON count_state
WHEN new.ended_at > new.started_at AND new.state <> 'logged_out'
BEGIN
    INSERT INTO agent_days (day_at, agent_id, ready_ms, paused_ms, talking_ms, other_ms)
    SELECT
        starts_at, new.agent_id,
        iif(new.state = 'ready', spent_ms, 0),
        iif(new.state = 'paused', spent_ms, 0),
        iif(new.state IN ('talking', 'hold'), spent_ms, 0),
        iif(new.state IN ('ringing', 'dialling', 'wrap_up', 'unavailable'), spent_ms, 0)
    FROM (
        SELECT starts_at, new.sign * (min(new.ended_at, ends_at) - max(new.started_at, starts_at)) AS spent_ms
        FROM business_days
        WHERE starts_at < new.ended_at AND ends_at > new.started_at AND starts_at >= coalesce(
            (SELECT starts_at FROM business_days WHERE starts_at <= new.started_at ORDER BY starts_at DESC LIMIT 1), 0)
    )
    WHERE true
    ON CONFLICT (day_at, agent_id) DO UPDATE SET
        ready_ms = ready_ms + excluded.ready_ms,
        paused_ms = paused_ms + excluded.paused_ms,
        talking_ms = talking_ms + excluded.talking_ms,
        other_ms = other_ms + excluded.other_ms;
END;

-- Of the rows that can be in the way of another, only one with the same id has been counted: an open state has not.
CREATE TABLE replaced_agent_states (
    id INTEGER PRIMARY KEY,
    agent_id INTEGER NOT NULL,
    state TEXT NOT NULL,
    started_at INTEGER NOT NULL,
    ended_at INTEGER
) STRICT;

CREATE TRIGGER agent_states_inserting BEFORE INSERT ON agent_states
WHEN EXISTS (SELECT 1 FROM agent_states WHERE id = new.id)
BEGIN
    DELETE FROM replaced_agent_states;
    INSERT INTO replaced_agent_states
    SELECT id, agent_id, state, started_at, ended_at FROM agent_states WHERE id = new.id;
END;

CREATE TRIGGER agent_states_replaced AFTER INSERT ON agent_states
WHEN EXISTS (SELECT 1 FROM replaced_agent_states)
BEGIN
    INSERT INTO count_state
    SELECT -1, agent_id, state, started_at, ended_at FROM replaced_agent_states WHERE id = new.id;
    DELETE FROM replaced_agent_states;
END;

CREATE TRIGGER agent_states_inserted AFTER INSERT ON agent_states
WHEN new.ended_at IS NOT NULL
BEGIN
    INSERT INTO count_state VALUES (1, new.agent_id, new.state, new.started_at, new.ended_at);
END;

CREATE TRIGGER agent_states_updated AFTER UPDATE OF id, agent_id, state, started_at, ended_at ON agent_states
BEGIN
    DELETE FROM replaced_agent_states WHERE id = old.id AND new.id <> old.id;
    INSERT INTO count_state VALUES (-1, old.agent_id, old.state, old.started_at, old.ended_at);
    INSERT INTO count_state VALUES (1, new.agent_id, new.state, new.started_at, new.ended_at);
END;

CREATE TRIGGER agent_states_deleted AFTER DELETE ON agent_states
BEGIN
    DELETE FROM replaced_agent_states WHERE id = old.id;
    INSERT INTO count_state VALUES (-1, old.agent_id, old.state, old.started_at, old.ended_at);
END;

CREATE TRIGGER agent_states_key_taken BEFORE UPDATE OF id ON agent_states
WHEN EXISTS (SELECT 1 FROM agent_states WHERE id = new.id AND id <> old.id)
BEGIN
    SELECT raise(ABORT, 'another state has this id');
END;

-- Missed calls ----------------------------------------------------------------------------------------------------------

CREATE VIEW count_missed_call (sign, agent_id, missed_at, ring_ms) AS SELECT NULL, NULL, NULL, NULL WHERE 0;

CREATE TRIGGER count_missed_call_in_agent_day INSTEAD OF INSERT ON count_missed_call
WHEN new.ring_ms >= 1000
BEGIN
    INSERT INTO agent_days (day_at, agent_id, missed)
    SELECT starts_at, new.agent_id, new.sign
    FROM (SELECT starts_at, ends_at FROM business_days WHERE starts_at <= new.missed_at ORDER BY starts_at DESC LIMIT 1)
    WHERE ends_at > new.missed_at
    ON CONFLICT (day_at, agent_id) DO UPDATE SET missed = missed + excluded.missed;
END;

CREATE TABLE replaced_missed_calls (
    id INTEGER PRIMARY KEY,
    agent_id INTEGER NOT NULL,
    missed_at INTEGER NOT NULL,
    ring_ms INTEGER NOT NULL
) STRICT;

CREATE TRIGGER missed_calls_inserting BEFORE INSERT ON missed_calls
WHEN EXISTS (SELECT 1 FROM missed_calls WHERE id = new.id)
BEGIN
    DELETE FROM replaced_missed_calls;
    INSERT INTO replaced_missed_calls SELECT id, agent_id, missed_at, ring_ms FROM missed_calls WHERE id = new.id;
END;

CREATE TRIGGER missed_calls_replaced AFTER INSERT ON missed_calls
WHEN EXISTS (SELECT 1 FROM replaced_missed_calls)
BEGIN
    INSERT INTO count_missed_call
    SELECT -1, agent_id, missed_at, ring_ms FROM replaced_missed_calls WHERE id = new.id;
    DELETE FROM replaced_missed_calls;
END;

CREATE TRIGGER missed_calls_inserted AFTER INSERT ON missed_calls
BEGIN
    INSERT INTO count_missed_call VALUES (1, new.agent_id, new.missed_at, new.ring_ms);
END;

CREATE TRIGGER missed_calls_updated AFTER UPDATE OF id, agent_id, missed_at, ring_ms ON missed_calls
BEGIN
    DELETE FROM replaced_missed_calls WHERE id = old.id AND new.id <> old.id;
    INSERT INTO count_missed_call VALUES (-1, old.agent_id, old.missed_at, old.ring_ms);
    INSERT INTO count_missed_call VALUES (1, new.agent_id, new.missed_at, new.ring_ms);
END;

CREATE TRIGGER missed_calls_deleted AFTER DELETE ON missed_calls
BEGIN
    DELETE FROM replaced_missed_calls WHERE id = old.id;
    INSERT INTO count_missed_call VALUES (-1, old.agent_id, old.missed_at, old.ring_ms);
END;

CREATE TRIGGER missed_calls_key_taken BEFORE UPDATE OF id ON missed_calls
WHEN EXISTS (SELECT 1 FROM missed_calls WHERE id = new.id AND id <> old.id)
BEGIN
    SELECT raise(ABORT, 'another missed call has this id');
END;

-- Sales -----------------------------------------------------------------------------------------------------------------
-- row_id is the row's id after the change: a call is converted by this sale if no other sale that stands converts it
-- for the same agent (campaign) on the same day.

CREATE VIEW count_sale (sign, row_id, call_id, agent_id, campaign_id, sold_at, amount_cents, currency, cancelled_at) AS
SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL WHERE 0;

CREATE TRIGGER count_sale_in_agent_day INSTEAD OF INSERT ON count_sale
WHEN new.cancelled_at IS NULL
BEGIN
    INSERT INTO agent_days (day_at, agent_id, converted, sales, revenue_cents)
    SELECT
        starts_at, coalesce(new.agent_id, 0),
        new.sign * (new.call_id IS NULL OR NOT EXISTS (
            SELECT 1 FROM sales
            WHERE call_id = new.call_id AND id <> new.row_id AND agent_id IS new.agent_id AND cancelled_at IS NULL
                AND sold_at >= starts_at AND sold_at < ends_at
        )),
        new.sign,
        iif(new.currency IS NULL OR new.currency IS (SELECT currency FROM site WHERE id = 1),
            new.sign * new.amount_cents, 0)
    FROM (SELECT starts_at, ends_at FROM business_days WHERE starts_at <= new.sold_at ORDER BY starts_at DESC LIMIT 1)
    WHERE ends_at > new.sold_at
    ON CONFLICT (day_at, agent_id) DO UPDATE SET
        converted = converted + excluded.converted,
        sales = sales + excluded.sales,
        revenue_cents = revenue_cents + excluded.revenue_cents;
END;

CREATE TRIGGER count_sale_in_campaign INSTEAD OF INSERT ON count_sale
WHEN new.cancelled_at IS NULL AND new.campaign_id IS NOT NULL
BEGIN
    INSERT INTO campaign_days (day_at, campaign_id, converted, sales, revenue_cents)
    SELECT
        starts_at, new.campaign_id,
        new.sign * (new.call_id IS NULL OR NOT EXISTS (
            SELECT 1 FROM sales
            WHERE call_id = new.call_id AND id <> new.row_id AND campaign_id = new.campaign_id AND cancelled_at IS NULL
                AND sold_at >= starts_at AND sold_at < ends_at
        )),
        new.sign,
        iif(new.currency IS NULL OR new.currency IS (SELECT currency FROM site WHERE id = 1),
            new.sign * new.amount_cents, 0)
    FROM (SELECT starts_at, ends_at FROM business_days WHERE starts_at <= new.sold_at ORDER BY starts_at DESC LIMIT 1)
    WHERE ends_at > new.sold_at
    ON CONFLICT (day_at, campaign_id) DO UPDATE SET
        converted = converted + excluded.converted,
        sales = sales + excluded.sales,
        revenue_cents = revenue_cents + excluded.revenue_cents;
END;

CREATE TABLE replaced_sales (
    id INTEGER PRIMARY KEY,
    call_id INTEGER,
    agent_id INTEGER,
    campaign_id INTEGER,
    sold_at INTEGER NOT NULL,
    amount_cents INTEGER NOT NULL,
    currency TEXT,
    cancelled_at INTEGER
) STRICT;

CREATE TRIGGER sales_inserting BEFORE INSERT ON sales
WHEN EXISTS (SELECT 1 FROM sales WHERE id = new.id)
BEGIN
    DELETE FROM replaced_sales;
    INSERT INTO replaced_sales
    SELECT id, call_id, agent_id, campaign_id, sold_at, amount_cents, currency, cancelled_at FROM sales WHERE id = new.id;
END;

CREATE TRIGGER sales_replaced AFTER INSERT ON sales
WHEN EXISTS (SELECT 1 FROM replaced_sales)
BEGIN
    INSERT INTO count_sale
    SELECT -1, id, call_id, agent_id, campaign_id, sold_at, amount_cents, currency, cancelled_at
    FROM replaced_sales WHERE id = new.id;
    DELETE FROM replaced_sales;
END;

CREATE TRIGGER sales_inserted AFTER INSERT ON sales
BEGIN
    INSERT INTO count_sale VALUES (1, new.id, new.call_id, new.agent_id, new.campaign_id, new.sold_at, new.amount_cents,
                                   new.currency, new.cancelled_at);
END;

CREATE TRIGGER sales_updated AFTER UPDATE OF id, call_id, agent_id, campaign_id, sold_at, amount_cents, currency,
    cancelled_at ON sales
BEGIN
    DELETE FROM replaced_sales WHERE id = old.id AND new.id <> old.id;
    INSERT INTO count_sale VALUES (-1, new.id, old.call_id, old.agent_id, old.campaign_id, old.sold_at, old.amount_cents,
                                   old.currency, old.cancelled_at);
    INSERT INTO count_sale VALUES (1, new.id, new.call_id, new.agent_id, new.campaign_id, new.sold_at, new.amount_cents,
                                   new.currency, new.cancelled_at);
END;

CREATE TRIGGER sales_deleted AFTER DELETE ON sales
BEGIN
    DELETE FROM replaced_sales WHERE id = old.id;
    INSERT INTO count_sale VALUES (-1, old.id, old.call_id, old.agent_id, old.campaign_id, old.sold_at, old.amount_cents,
                                   old.currency, old.cancelled_at);
END;

CREATE TRIGGER sales_key_taken BEFORE UPDATE OF id ON sales
WHEN EXISTS (SELECT 1 FROM sales WHERE id = new.id AND id <> old.id)
BEGIN
    SELECT raise(ABORT, 'another sale has this id');
END;

-- What the totals depend on besides -------------------------------------------------------------------------------------
-- These are rare, and count whole days again.

-- The purpose of a queue makes its answered calls sales calls.
CREATE VIEW count_sales_calls (queue_id) AS SELECT NULL WHERE 0;

CREATE TRIGGER count_sales_calls_again INSTEAD OF INSERT ON count_sales_calls
BEGIN
    INSERT INTO agent_days (day_at, agent_id, sales_calls)
    SELECT day_at, agent_id, sum(sales_call) FROM (
        SELECT
            (SELECT iif(c.entered_at < ends_at, starts_at, NULL) FROM business_days
             WHERE starts_at <= c.entered_at ORDER BY starts_at DESC LIMIT 1) AS day_at,
            coalesce(c.agent_id, 0) AS agent_id,
            iif(c.direction = 'inbound', q.purpose IS 'sales', c.right_party IS 1) AS sales_call
        FROM calls AS c LEFT JOIN queues AS q ON q.id = c.queue_id
        WHERE c.class = 'answered'
            AND c.entered_at >= (
                SELECT max(starts_at) FROM business_days
                WHERE starts_at <= (SELECT min(quarter_at) FROM queue_quarters WHERE queue_id = new.queue_id)
            )
            AND c.entered_at < (
                SELECT min(ends_at) FROM business_days
                WHERE ends_at > (SELECT max(quarter_at) FROM queue_quarters WHERE queue_id = new.queue_id)
            )
    )
    WHERE day_at IS NOT NULL
    GROUP BY 1, 2
    ON CONFLICT (day_at, agent_id) DO UPDATE SET sales_calls = excluded.sales_calls;
END;

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

CREATE TRIGGER count_targets_again INSTEAD OF INSERT ON count_targets
BEGIN
    UPDATE queue_quarters
    SET (answered_in_threshold, short_abandoned, abandoned_wait_ms) = (
        SELECT
            coalesce(sum(c.class = 'answered' AND c.wait_ms <= d.service_level_threshold_ms), 0),
            coalesce(sum(c.class = 'abandoned' AND c.wait_ms <= d.short_abandon_ms), 0),
            coalesce(sum(iif(c.class = 'abandoned' AND c.wait_ms > d.short_abandon_ms, c.wait_ms, 0)), 0)
        FROM calls AS c JOIN queue_days AS d ON d.queue_id = new.queue_id AND d.day_at = new.day_at
        WHERE c.entered_at >= quarter_at AND c.entered_at < quarter_at + 900000 AND c.queue_id = new.queue_id
            AND c.direction = 'inbound'
    )
    WHERE queue_id = new.queue_id AND quarter_at >= new.day_at
        AND quarter_at < (SELECT ends_at FROM business_days WHERE starts_at = new.day_at);
END;

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

CREATE TRIGGER count_revenue_again INSTEAD OF INSERT ON count_revenue
BEGIN
    INSERT INTO agent_days (day_at, agent_id, revenue_cents)
    SELECT day_at, agent_id, sum(revenue_cents) FROM (
        SELECT
            (SELECT iif(s.sold_at < ends_at, starts_at, NULL) FROM business_days
             WHERE starts_at <= s.sold_at ORDER BY starts_at DESC LIMIT 1) AS day_at,
            coalesce(s.agent_id, 0) AS agent_id,
            iif(s.currency IS NULL OR s.currency IS (SELECT currency FROM site WHERE id = 1), s.amount_cents, 0)
                AS revenue_cents
        FROM sales AS s
        WHERE s.cancelled_at IS NULL
    )
    WHERE day_at IS NOT NULL
    GROUP BY 1, 2
    ON CONFLICT (day_at, agent_id) DO UPDATE SET revenue_cents = excluded.revenue_cents;

    INSERT INTO campaign_days (day_at, campaign_id, revenue_cents)
    SELECT day_at, campaign_id, sum(revenue_cents) FROM (
        SELECT
            (SELECT iif(s.sold_at < ends_at, starts_at, NULL) FROM business_days
             WHERE starts_at <= s.sold_at ORDER BY starts_at DESC LIMIT 1) AS day_at,
            s.campaign_id,
            iif(s.currency IS NULL OR s.currency IS (SELECT currency FROM site WHERE id = 1), s.amount_cents, 0)
                AS revenue_cents
        FROM sales AS s
        WHERE s.cancelled_at IS NULL AND s.campaign_id IS NOT NULL
    )
    WHERE day_at IS NOT NULL
    GROUP BY 1, 2
    ON CONFLICT (day_at, campaign_id) DO UPDATE SET revenue_cents = excluded.revenue_cents;
END;

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
