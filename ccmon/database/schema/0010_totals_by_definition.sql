-- The triggers of the totals, made from total_sql/definitions.py by total_sql/triggers.py; they count what those before
-- them counted.

DROP TRIGGER IF EXISTS calls_inserting;
DROP TRIGGER IF EXISTS calls_replaced;
DROP TRIGGER IF EXISTS calls_inserted;
DROP TRIGGER IF EXISTS calls_updated;
DROP TRIGGER IF EXISTS calls_deleted;
DROP VIEW IF EXISTS count_call;
DROP TABLE IF EXISTS replaced_calls;

CREATE VIEW count_call (
    sign, day_at, id, direction, queue_id, campaign_id, agent_id, entered_at, class, wait_ms, handled, talk_ms, hold_ms,
    wrap_up_ms, right_party, cut_off
) AS SELECT
    NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL
WHERE 0;

CREATE TABLE replaced_calls (
    id INTEGER PRIMARY KEY,
    direction ANY,
    queue_id ANY,
    campaign_id ANY,
    agent_id ANY,
    entered_at ANY,
    class ANY,
    wait_ms ANY,
    handled ANY,
    talk_ms ANY,
    hold_ms ANY,
    wrap_up_ms ANY,
    right_party ANY,
    cut_off ANY
) STRICT;

CREATE TRIGGER calls_inserting BEFORE INSERT ON calls
WHEN EXISTS (SELECT 1 FROM calls WHERE id = new.id)
    OR EXISTS (SELECT 1 FROM calls WHERE source = new.source AND call_id = new.call_id AND visit = coalesce(new.visit, 1))
BEGIN
    DELETE FROM replaced_calls;
    INSERT INTO replaced_calls SELECT
        id, direction, queue_id, campaign_id, agent_id, entered_at, class, wait_ms, handled, talk_ms, hold_ms,
        wrap_up_ms, right_party, cut_off
    FROM calls WHERE id = new.id OR (source = new.source AND call_id = new.call_id AND visit = coalesce(new.visit, 1));
END;

CREATE TRIGGER calls_replaced AFTER INSERT ON calls
WHEN EXISTS (SELECT 1 FROM replaced_calls)
BEGIN
    INSERT INTO count_call SELECT
        -1, (SELECT iif(gone.entered_at < ends_at, starts_at, NULL) FROM business_days
            WHERE starts_at <= gone.entered_at ORDER BY starts_at DESC LIMIT 1),
        new.id, gone.direction, gone.queue_id, gone.campaign_id, gone.agent_id, gone.entered_at, gone.class,
        gone.wait_ms, gone.handled, gone.talk_ms, gone.hold_ms, gone.wrap_up_ms, gone.right_party, gone.cut_off
    FROM replaced_calls AS gone
    WHERE gone.id = new.id OR NOT EXISTS (SELECT 1 FROM calls AS kept WHERE kept.id = gone.id);
    DELETE FROM replaced_calls;
END;

CREATE TRIGGER calls_inserted AFTER INSERT ON calls
BEGIN
    INSERT INTO count_call VALUES (
        1, (SELECT iif(new.entered_at < ends_at, starts_at, NULL) FROM business_days
            WHERE starts_at <= new.entered_at ORDER BY starts_at DESC LIMIT 1),
        new.id, new.direction, new.queue_id, new.campaign_id, new.agent_id, new.entered_at, new.class,
        new.wait_ms, new.handled, new.talk_ms, new.hold_ms, new.wrap_up_ms, new.right_party, new.cut_off
    );
END;

CREATE TRIGGER calls_updated AFTER UPDATE OF
    id, direction, queue_id, campaign_id, agent_id, entered_at, answered_at, ended_at, wrapped_up_at, wrapping_up,
    hold_ms, outcome, right_party
ON calls
BEGIN
    DELETE FROM replaced_calls WHERE id = old.id AND new.id <> old.id;
    INSERT INTO count_call VALUES (
        -1, (SELECT iif(old.entered_at < ends_at, starts_at, NULL) FROM business_days
            WHERE starts_at <= old.entered_at ORDER BY starts_at DESC LIMIT 1),
        new.id, old.direction, old.queue_id, old.campaign_id, old.agent_id, old.entered_at, old.class,
        old.wait_ms, old.handled, old.talk_ms, old.hold_ms, old.wrap_up_ms, old.right_party, old.cut_off
    );
    INSERT INTO count_call VALUES (
        1, (SELECT iif(new.entered_at < ends_at, starts_at, NULL) FROM business_days
            WHERE starts_at <= new.entered_at ORDER BY starts_at DESC LIMIT 1),
        new.id, new.direction, new.queue_id, new.campaign_id, new.agent_id, new.entered_at, new.class,
        new.wait_ms, new.handled, new.talk_ms, new.hold_ms, new.wrap_up_ms, new.right_party, new.cut_off
    );
END;

CREATE TRIGGER calls_deleted AFTER DELETE ON calls
BEGIN
    DELETE FROM replaced_calls WHERE id = old.id;
    INSERT INTO count_call VALUES (
        -1, (SELECT iif(old.entered_at < ends_at, starts_at, NULL) FROM business_days
            WHERE starts_at <= old.entered_at ORDER BY starts_at DESC LIMIT 1),
        old.id, old.direction, old.queue_id, old.campaign_id, old.agent_id, old.entered_at, old.class,
        old.wait_ms, old.handled, old.talk_ms, old.hold_ms, old.wrap_up_ms, old.right_party, old.cut_off
    );
END;

DROP TRIGGER IF EXISTS agent_states_inserting;
DROP TRIGGER IF EXISTS agent_states_replaced;
DROP TRIGGER IF EXISTS agent_states_inserted;
DROP TRIGGER IF EXISTS agent_states_updated;
DROP TRIGGER IF EXISTS agent_states_deleted;
DROP VIEW IF EXISTS count_state;
DROP TABLE IF EXISTS replaced_agent_states;

CREATE VIEW count_state (
    sign, id, agent_id, state, started_at, ended_at
) AS SELECT
    NULL, NULL, NULL, NULL, NULL, NULL
WHERE 0;

CREATE TABLE replaced_agent_states (
    id INTEGER PRIMARY KEY,
    agent_id ANY,
    state ANY,
    started_at ANY,
    ended_at ANY
) STRICT;

CREATE TRIGGER agent_states_inserting BEFORE INSERT ON agent_states
WHEN EXISTS (SELECT 1 FROM agent_states WHERE id = new.id)
BEGIN
    DELETE FROM replaced_agent_states;
    INSERT INTO replaced_agent_states SELECT
        id, agent_id, state, started_at, ended_at
    FROM agent_states WHERE id = new.id;
END;

CREATE TRIGGER agent_states_replaced AFTER INSERT ON agent_states
WHEN EXISTS (SELECT 1 FROM replaced_agent_states)
BEGIN
    INSERT INTO count_state SELECT
        -1, new.id, gone.agent_id, gone.state, gone.started_at, gone.ended_at
    FROM replaced_agent_states AS gone
    WHERE gone.id = new.id OR NOT EXISTS (SELECT 1 FROM agent_states AS kept WHERE kept.id = gone.id);
    DELETE FROM replaced_agent_states;
END;

CREATE TRIGGER agent_states_inserted AFTER INSERT ON agent_states
WHEN new.ended_at IS NOT NULL
BEGIN
    INSERT INTO count_state VALUES (
        1, new.id, new.agent_id, new.state, new.started_at, new.ended_at
    );
END;

CREATE TRIGGER agent_states_updated AFTER UPDATE OF
    id, agent_id, state, started_at, ended_at
ON agent_states
BEGIN
    DELETE FROM replaced_agent_states WHERE id = old.id AND new.id <> old.id;
    INSERT INTO count_state VALUES (
        -1, new.id, old.agent_id, old.state, old.started_at, old.ended_at
    );
    INSERT INTO count_state VALUES (
        1, new.id, new.agent_id, new.state, new.started_at, new.ended_at
    );
END;

CREATE TRIGGER agent_states_deleted AFTER DELETE ON agent_states
BEGIN
    DELETE FROM replaced_agent_states WHERE id = old.id;
    INSERT INTO count_state VALUES (
        -1, old.id, old.agent_id, old.state, old.started_at, old.ended_at
    );
END;

DROP TRIGGER IF EXISTS missed_calls_inserting;
DROP TRIGGER IF EXISTS missed_calls_replaced;
DROP TRIGGER IF EXISTS missed_calls_inserted;
DROP TRIGGER IF EXISTS missed_calls_updated;
DROP TRIGGER IF EXISTS missed_calls_deleted;
DROP VIEW IF EXISTS count_missed_call;
DROP TABLE IF EXISTS replaced_missed_calls;

CREATE VIEW count_missed_call (
    sign, day_at, id, agent_id, missed_at, ring_ms
) AS SELECT
    NULL, NULL, NULL, NULL, NULL, NULL
WHERE 0;

CREATE TABLE replaced_missed_calls (
    id INTEGER PRIMARY KEY,
    agent_id ANY,
    missed_at ANY,
    ring_ms ANY
) STRICT;

CREATE TRIGGER missed_calls_inserting BEFORE INSERT ON missed_calls
WHEN EXISTS (SELECT 1 FROM missed_calls WHERE id = new.id)
BEGIN
    DELETE FROM replaced_missed_calls;
    INSERT INTO replaced_missed_calls SELECT
        id, agent_id, missed_at, ring_ms
    FROM missed_calls WHERE id = new.id;
END;

CREATE TRIGGER missed_calls_replaced AFTER INSERT ON missed_calls
WHEN EXISTS (SELECT 1 FROM replaced_missed_calls)
BEGIN
    INSERT INTO count_missed_call SELECT
        -1, (SELECT iif(gone.missed_at < ends_at, starts_at, NULL) FROM business_days
            WHERE starts_at <= gone.missed_at ORDER BY starts_at DESC LIMIT 1),
        new.id, gone.agent_id, gone.missed_at, gone.ring_ms
    FROM replaced_missed_calls AS gone
    WHERE gone.id = new.id OR NOT EXISTS (SELECT 1 FROM missed_calls AS kept WHERE kept.id = gone.id);
    DELETE FROM replaced_missed_calls;
END;

CREATE TRIGGER missed_calls_inserted AFTER INSERT ON missed_calls
BEGIN
    INSERT INTO count_missed_call VALUES (
        1, (SELECT iif(new.missed_at < ends_at, starts_at, NULL) FROM business_days
            WHERE starts_at <= new.missed_at ORDER BY starts_at DESC LIMIT 1),
        new.id, new.agent_id, new.missed_at, new.ring_ms
    );
END;

CREATE TRIGGER missed_calls_updated AFTER UPDATE OF
    id, agent_id, missed_at, ring_ms
ON missed_calls
BEGIN
    DELETE FROM replaced_missed_calls WHERE id = old.id AND new.id <> old.id;
    INSERT INTO count_missed_call VALUES (
        -1, (SELECT iif(old.missed_at < ends_at, starts_at, NULL) FROM business_days
            WHERE starts_at <= old.missed_at ORDER BY starts_at DESC LIMIT 1),
        new.id, old.agent_id, old.missed_at, old.ring_ms
    );
    INSERT INTO count_missed_call VALUES (
        1, (SELECT iif(new.missed_at < ends_at, starts_at, NULL) FROM business_days
            WHERE starts_at <= new.missed_at ORDER BY starts_at DESC LIMIT 1),
        new.id, new.agent_id, new.missed_at, new.ring_ms
    );
END;

CREATE TRIGGER missed_calls_deleted AFTER DELETE ON missed_calls
BEGIN
    DELETE FROM replaced_missed_calls WHERE id = old.id;
    INSERT INTO count_missed_call VALUES (
        -1, (SELECT iif(old.missed_at < ends_at, starts_at, NULL) FROM business_days
            WHERE starts_at <= old.missed_at ORDER BY starts_at DESC LIMIT 1),
        old.id, old.agent_id, old.missed_at, old.ring_ms
    );
END;

DROP TRIGGER IF EXISTS sales_inserting;
DROP TRIGGER IF EXISTS sales_replaced;
DROP TRIGGER IF EXISTS sales_inserted;
DROP TRIGGER IF EXISTS sales_updated;
DROP TRIGGER IF EXISTS sales_deleted;
DROP VIEW IF EXISTS count_sale;
DROP TABLE IF EXISTS replaced_sales;

CREATE VIEW count_sale (
    sign, day_at, id, call_id, agent_id, campaign_id, sold_at, amount_cents, currency, cancelled_at
) AS SELECT
    NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL
WHERE 0;

CREATE TABLE replaced_sales (
    id INTEGER PRIMARY KEY,
    call_id ANY,
    agent_id ANY,
    campaign_id ANY,
    sold_at ANY,
    amount_cents ANY,
    currency ANY,
    cancelled_at ANY
) STRICT;

CREATE TRIGGER sales_inserting BEFORE INSERT ON sales
WHEN EXISTS (SELECT 1 FROM sales WHERE id = new.id)
    OR EXISTS (SELECT 1 FROM sales WHERE reference = new.reference)
BEGIN
    DELETE FROM replaced_sales;
    INSERT INTO replaced_sales SELECT
        id, call_id, agent_id, campaign_id, sold_at, amount_cents, currency, cancelled_at
    FROM sales WHERE id = new.id OR reference = new.reference;
END;

CREATE TRIGGER sales_replaced AFTER INSERT ON sales
WHEN EXISTS (SELECT 1 FROM replaced_sales)
BEGIN
    INSERT INTO count_sale SELECT
        -1, (SELECT iif(gone.sold_at < ends_at, starts_at, NULL) FROM business_days
            WHERE starts_at <= gone.sold_at ORDER BY starts_at DESC LIMIT 1),
        new.id, gone.call_id, gone.agent_id, gone.campaign_id, gone.sold_at, gone.amount_cents, gone.currency,
        gone.cancelled_at
    FROM replaced_sales AS gone
    WHERE gone.id = new.id OR NOT EXISTS (SELECT 1 FROM sales AS kept WHERE kept.id = gone.id);
    DELETE FROM replaced_sales;
END;

CREATE TRIGGER sales_inserted AFTER INSERT ON sales
BEGIN
    INSERT INTO count_sale VALUES (
        1, (SELECT iif(new.sold_at < ends_at, starts_at, NULL) FROM business_days
            WHERE starts_at <= new.sold_at ORDER BY starts_at DESC LIMIT 1),
        new.id, new.call_id, new.agent_id, new.campaign_id, new.sold_at, new.amount_cents, new.currency,
        new.cancelled_at
    );
END;

CREATE TRIGGER sales_updated AFTER UPDATE OF
    id, call_id, agent_id, campaign_id, sold_at, amount_cents, currency, cancelled_at
ON sales
BEGIN
    DELETE FROM replaced_sales WHERE id = old.id AND new.id <> old.id;
    INSERT INTO count_sale VALUES (
        -1, (SELECT iif(old.sold_at < ends_at, starts_at, NULL) FROM business_days
            WHERE starts_at <= old.sold_at ORDER BY starts_at DESC LIMIT 1),
        new.id, old.call_id, old.agent_id, old.campaign_id, old.sold_at, old.amount_cents, old.currency,
        old.cancelled_at
    );
    INSERT INTO count_sale VALUES (
        1, (SELECT iif(new.sold_at < ends_at, starts_at, NULL) FROM business_days
            WHERE starts_at <= new.sold_at ORDER BY starts_at DESC LIMIT 1),
        new.id, new.call_id, new.agent_id, new.campaign_id, new.sold_at, new.amount_cents, new.currency,
        new.cancelled_at
    );
END;

CREATE TRIGGER sales_deleted AFTER DELETE ON sales
BEGIN
    DELETE FROM replaced_sales WHERE id = old.id;
    INSERT INTO count_sale VALUES (
        -1, (SELECT iif(old.sold_at < ends_at, starts_at, NULL) FROM business_days
            WHERE starts_at <= old.sold_at ORDER BY starts_at DESC LIMIT 1),
        old.id, old.call_id, old.agent_id, old.campaign_id, old.sold_at, old.amount_cents, old.currency,
        old.cancelled_at
    );
END;

CREATE TRIGGER count_call_in_queue_quarters INSTEAD OF INSERT ON count_call
WHEN new.day_at IS NOT NULL AND new.direction = 'inbound' AND new.queue_id IS NOT NULL AND new.class <> 'blocked'
BEGIN
    INSERT INTO queue_quarters (
        queue_id, quarter_at, offered, answered, answered_in_threshold, abandoned, short_abandoned, timed_out,
        no_agents, diverted, unknown, answered_wait_ms, abandoned_wait_ms, handled, talk_ms, hold_ms, wrap_up_ms,
        cut_off, answered_without_wait
    )
    VALUES (
        new.queue_id,
        (new.entered_at - new.entered_at % 900000),
        new.sign,
        iif(new.class = 'answered', new.sign, 0),
        iif(new.class = 'answered' AND new.wait_ms <= (coalesce((SELECT service_level_threshold_ms FROM queue_days WHERE queue_id = new.queue_id AND day_at = new.day_at), 20000)), new.sign, 0),
        iif(new.class = 'abandoned', new.sign, 0),
        iif(new.class = 'abandoned' AND new.wait_ms <= (coalesce((SELECT short_abandon_ms FROM queue_days WHERE queue_id = new.queue_id AND day_at = new.day_at), 5000)), new.sign, 0),
        iif(new.class = 'timed_out', new.sign, 0),
        iif(new.class = 'no_agents', new.sign, 0),
        iif(new.class = 'diverted', new.sign, 0),
        iif(new.class = 'unknown', new.sign, 0),
        iif(new.class = 'answered', new.sign * coalesce(new.wait_ms, 0), 0),
        iif(new.class = 'abandoned' AND new.wait_ms > (coalesce((SELECT short_abandon_ms FROM queue_days WHERE queue_id = new.queue_id AND day_at = new.day_at), 5000)), new.sign * coalesce(new.wait_ms, 0), 0),
        iif(new.handled, new.sign, 0),
        iif(new.handled, new.sign * coalesce(new.talk_ms, 0), 0),
        iif(new.handled, new.sign * coalesce(new.hold_ms, 0), 0),
        iif(new.handled, new.sign * coalesce(new.wrap_up_ms, 0), 0),
        iif(new.cut_off, new.sign, 0),
        iif(new.class = 'answered' AND new.wait_ms IS NULL, new.sign, 0)
    )
    ON CONFLICT (queue_id, quarter_at) DO UPDATE SET
        offered = offered + excluded.offered,
        answered = answered + excluded.answered,
        answered_in_threshold = answered_in_threshold + excluded.answered_in_threshold,
        abandoned = abandoned + excluded.abandoned,
        short_abandoned = short_abandoned + excluded.short_abandoned,
        timed_out = timed_out + excluded.timed_out,
        no_agents = no_agents + excluded.no_agents,
        diverted = diverted + excluded.diverted,
        unknown = unknown + excluded.unknown,
        answered_wait_ms = answered_wait_ms + excluded.answered_wait_ms,
        abandoned_wait_ms = abandoned_wait_ms + excluded.abandoned_wait_ms,
        handled = handled + excluded.handled,
        talk_ms = talk_ms + excluded.talk_ms,
        hold_ms = hold_ms + excluded.hold_ms,
        wrap_up_ms = wrap_up_ms + excluded.wrap_up_ms,
        cut_off = cut_off + excluded.cut_off,
        answered_without_wait = answered_without_wait + excluded.answered_without_wait;
END;

CREATE TRIGGER count_call_in_wait_histogram INSTEAD OF INSERT ON count_call
WHEN new.day_at IS NOT NULL AND new.direction = 'inbound' AND new.queue_id IS NOT NULL AND new.wait_ms IS NOT NULL AND new.class IN ('answered', 'abandoned', 'timed_out', 'no_agents', 'diverted')
BEGIN
    INSERT INTO wait_histogram (
        queue_id, day_at, wait_s, visits
    )
    VALUES (
        new.queue_id,
        new.day_at,
        new.wait_ms / 1000,
        new.sign
    )
    ON CONFLICT (queue_id, day_at, wait_s) DO UPDATE SET
        visits = visits + excluded.visits;
    DELETE FROM wait_histogram
    WHERE new.sign < 0 AND queue_id = new.queue_id AND day_at = new.day_at AND wait_s = new.wait_ms / 1000 AND visits = 0;
END;

CREATE TRIGGER count_call_in_handling_histogram INSTEAD OF INSERT ON count_call
WHEN new.day_at IS NOT NULL AND new.handled
BEGIN
    INSERT INTO handling_histogram (
        day_at, direction, queue_id, handling_s, calls
    )
    VALUES (
        new.day_at,
        new.direction,
        coalesce(new.queue_id, 0),
        ((new.talk_ms + coalesce(new.hold_ms, 0) + new.wrap_up_ms) / 1000) - iif(((new.talk_ms + coalesce(new.hold_ms, 0) + new.wrap_up_ms) / 1000) < 600, 0, ((new.talk_ms + coalesce(new.hold_ms, 0) + new.wrap_up_ms) / 1000) % 10),
        new.sign
    )
    ON CONFLICT (day_at, direction, queue_id, handling_s) DO UPDATE SET
        calls = calls + excluded.calls;
    DELETE FROM handling_histogram
    WHERE new.sign < 0 AND day_at = new.day_at AND direction = new.direction AND queue_id = coalesce(new.queue_id, 0) AND handling_s = ((new.talk_ms + coalesce(new.hold_ms, 0) + new.wrap_up_ms) / 1000) - iif(((new.talk_ms + coalesce(new.hold_ms, 0) + new.wrap_up_ms) / 1000) < 600, 0, ((new.talk_ms + coalesce(new.hold_ms, 0) + new.wrap_up_ms) / 1000) % 10) AND calls = 0;
END;

CREATE TRIGGER count_call_in_agent_days INSTEAD OF INSERT ON count_call
WHEN new.day_at IS NOT NULL AND new.class = 'answered'
BEGIN
    INSERT INTO agent_days (
        day_at, agent_id, inbound, outbound, inbound_talk_ms, inbound_hold_ms, inbound_wrap_up_ms,
        outbound_talk_ms, outbound_hold_ms, outbound_wrap_up_ms, sales_calls
    )
    VALUES (
        new.day_at,
        coalesce(new.agent_id, 0),
        iif(new.handled AND new.direction = 'inbound', new.sign, 0),
        iif(new.handled AND new.direction = 'outbound', new.sign, 0),
        iif(new.handled AND new.direction = 'inbound', new.sign * coalesce(new.talk_ms, 0), 0),
        iif(new.handled AND new.direction = 'inbound', new.sign * coalesce(new.hold_ms, 0), 0),
        iif(new.handled AND new.direction = 'inbound', new.sign * coalesce(new.wrap_up_ms, 0), 0),
        iif(new.handled AND new.direction = 'outbound', new.sign * coalesce(new.talk_ms, 0), 0),
        iif(new.handled AND new.direction = 'outbound', new.sign * coalesce(new.hold_ms, 0), 0),
        iif(new.handled AND new.direction = 'outbound', new.sign * coalesce(new.wrap_up_ms, 0), 0),
        iif((iif(new.direction = 'inbound', (SELECT purpose FROM queues WHERE id = new.queue_id) = 'sales', new.right_party = 1)), new.sign, 0)
    )
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

CREATE TRIGGER count_missed_call_in_agent_days INSTEAD OF INSERT ON count_missed_call
WHEN new.day_at IS NOT NULL AND new.ring_ms >= 1000
BEGIN
    INSERT INTO agent_days (
        day_at, agent_id, missed
    )
    VALUES (
        new.day_at,
        new.agent_id,
        new.sign
    )
    ON CONFLICT (day_at, agent_id) DO UPDATE SET
        missed = missed + excluded.missed;
END;

CREATE TRIGGER count_state_in_agent_days INSTEAD OF INSERT ON count_state
WHEN new.ended_at > new.started_at AND true
BEGIN
    INSERT INTO agent_days (
        day_at, agent_id, ready_ms, paused_ms, talking_ms, other_ms, hold_ms, wrap_up_ms
    )
    SELECT
        day.starts_at,
        new.agent_id,
        iif(new.state = 'ready', new.sign * coalesce((min(new.ended_at, day.ends_at) - max(new.started_at, day.starts_at)), 0), 0),
        iif(new.state = 'paused', new.sign * coalesce((min(new.ended_at, day.ends_at) - max(new.started_at, day.starts_at)), 0), 0),
        iif(new.state IN ('talking', 'hold'), new.sign * coalesce((min(new.ended_at, day.ends_at) - max(new.started_at, day.starts_at)), 0), 0),
        iif(new.state IN ('ringing', 'dialling', 'wrap_up', 'unavailable'), new.sign * coalesce((min(new.ended_at, day.ends_at) - max(new.started_at, day.starts_at)), 0), 0),
        iif(new.state = 'hold', new.sign * coalesce((min(new.ended_at, day.ends_at) - max(new.started_at, day.starts_at)), 0), 0),
        iif(new.state = 'wrap_up', new.sign * coalesce((min(new.ended_at, day.ends_at) - max(new.started_at, day.starts_at)), 0), 0)
    FROM business_days AS day
    WHERE day.starts_at < new.ended_at AND day.ends_at > new.started_at AND day.starts_at >= coalesce(
        (SELECT starts_at FROM business_days WHERE starts_at <= new.started_at ORDER BY starts_at DESC LIMIT 1), 0)
    ON CONFLICT (day_at, agent_id) DO UPDATE SET
        ready_ms = ready_ms + excluded.ready_ms,
        paused_ms = paused_ms + excluded.paused_ms,
        talking_ms = talking_ms + excluded.talking_ms,
        other_ms = other_ms + excluded.other_ms,
        hold_ms = hold_ms + excluded.hold_ms,
        wrap_up_ms = wrap_up_ms + excluded.wrap_up_ms;
END;

CREATE TRIGGER count_sale_in_agent_days INSTEAD OF INSERT ON count_sale
WHEN new.day_at IS NOT NULL AND new.cancelled_at IS NULL
BEGIN
    INSERT INTO agent_days (
        day_at, agent_id, converted, sales, revenue_cents
    )
    VALUES (
        new.day_at,
        coalesce(new.agent_id, 0),
        iif(new.call_id IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM sales AS sale
            WHERE sale.call_id = new.call_id AND sale.id <> new.id AND coalesce(sale.agent_id, 0) = coalesce(new.agent_id, 0)
                AND sale.sold_at >= new.day_at
                AND sale.sold_at < (SELECT ends_at FROM business_days WHERE starts_at = new.day_at)
                AND sale.cancelled_at IS NULL
        ), new.sign, 0) + iif(new.call_id IS NULL, new.sign, 0),
        new.sign,
        iif((new.currency IS NULL OR new.currency = (SELECT currency FROM site WHERE id = 1)), new.sign * coalesce(new.amount_cents, 0), 0)
    )
    ON CONFLICT (day_at, agent_id) DO UPDATE SET
        converted = converted + excluded.converted,
        sales = sales + excluded.sales,
        revenue_cents = revenue_cents + excluded.revenue_cents;
END;

CREATE TRIGGER count_call_in_campaign_days INSTEAD OF INSERT ON count_call
WHEN new.day_at IS NOT NULL AND new.direction = 'outbound' AND new.campaign_id IS NOT NULL
BEGIN
    INSERT INTO campaign_days (
        day_at, campaign_id, attempts, contacts, sales_calls
    )
    VALUES (
        new.day_at,
        new.campaign_id,
        new.sign,
        iif(new.class = 'answered', new.sign, 0),
        iif(new.class = 'answered' AND new.right_party = 1, new.sign, 0)
    )
    ON CONFLICT (day_at, campaign_id) DO UPDATE SET
        attempts = attempts + excluded.attempts,
        contacts = contacts + excluded.contacts,
        sales_calls = sales_calls + excluded.sales_calls;
END;

CREATE TRIGGER count_sale_in_campaign_days INSTEAD OF INSERT ON count_sale
WHEN new.day_at IS NOT NULL AND new.cancelled_at IS NULL AND new.campaign_id IS NOT NULL
BEGIN
    INSERT INTO campaign_days (
        day_at, campaign_id, converted, sales, revenue_cents
    )
    VALUES (
        new.day_at,
        new.campaign_id,
        iif(new.call_id IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM sales AS sale
            WHERE sale.call_id = new.call_id AND sale.id <> new.id AND sale.campaign_id = new.campaign_id
                AND sale.sold_at >= new.day_at
                AND sale.sold_at < (SELECT ends_at FROM business_days WHERE starts_at = new.day_at)
                AND sale.cancelled_at IS NULL AND sale.campaign_id IS NOT NULL
        ), new.sign, 0) + iif(new.call_id IS NULL, new.sign, 0),
        new.sign,
        iif((new.currency IS NULL OR new.currency = (SELECT currency FROM site WHERE id = 1)), new.sign * coalesce(new.amount_cents, 0), 0)
    )
    ON CONFLICT (day_at, campaign_id) DO UPDATE SET
        converted = converted + excluded.converted,
        sales = sales + excluded.sales,
        revenue_cents = revenue_cents + excluded.revenue_cents;
END;

CREATE TRIGGER count_call_of_new_day INSTEAD OF INSERT ON count_call
WHEN new.sign > 0 AND new.day_at IS NOT NULL AND new.direction = 'inbound' AND new.queue_id IS NOT NULL AND new.class <> 'blocked'
    AND NOT EXISTS (SELECT 1 FROM queue_days WHERE queue_id = new.queue_id AND day_at = new.day_at)
BEGIN
    INSERT INTO queue_days (queue_id, day_at, service_level_threshold_ms, service_level_target, short_abandon_ms)
    SELECT id, new.day_at, service_level_threshold_ms, service_level_target, short_abandon_ms
    FROM queues
    WHERE id = new.queue_id;
END;

DROP TRIGGER IF EXISTS count_targets_again;

CREATE TRIGGER count_targets_again INSTEAD OF INSERT ON count_targets
BEGIN
    INSERT INTO queue_quarters (queue_id, quarter_at, answered_in_threshold, short_abandoned, abandoned_wait_ms)
    SELECT call.queue_id,
        (call.entered_at - call.entered_at % 900000),
        count(*) FILTER (WHERE call.class = 'answered' AND call.wait_ms <= (coalesce((SELECT service_level_threshold_ms FROM queue_days WHERE queue_id = call.queue_id AND day_at = day.starts_at), 20000))),
        count(*) FILTER (WHERE call.class = 'abandoned' AND call.wait_ms <= (coalesce((SELECT short_abandon_ms FROM queue_days WHERE queue_id = call.queue_id AND day_at = day.starts_at), 5000))),
        coalesce(sum(call.wait_ms) FILTER (WHERE call.class = 'abandoned' AND call.wait_ms > (coalesce((SELECT short_abandon_ms FROM queue_days WHERE queue_id = call.queue_id AND day_at = day.starts_at), 5000))), 0)
    FROM business_days AS day CROSS JOIN calls AS call INDEXED BY calls_by_entry
        ON call.entered_at >= day.starts_at AND call.entered_at < day.ends_at
    WHERE day.starts_at >= new.day_at AND day.starts_at < new.day_at + 1
        AND call.direction = 'inbound' AND call.queue_id IS NOT NULL AND call.class <> 'blocked' AND call.queue_id = new.queue_id
    GROUP BY 1, 2
    ON CONFLICT (queue_id, quarter_at) DO UPDATE SET
        answered_in_threshold = excluded.answered_in_threshold,
        short_abandoned = excluded.short_abandoned,
        abandoned_wait_ms = excluded.abandoned_wait_ms;
END;

DROP TRIGGER IF EXISTS count_sales_calls_again;

CREATE TRIGGER count_sales_calls_again INSTEAD OF INSERT ON count_sales_calls
BEGIN
    INSERT INTO agent_days (day_at, agent_id, sales_calls)
    SELECT day.starts_at,
        coalesce(call.agent_id, 0),
        count(*) FILTER (WHERE (iif(call.direction = 'inbound', (SELECT purpose FROM queues WHERE id = call.queue_id) = 'sales', call.right_party = 1)))
    FROM business_days AS day CROSS JOIN calls AS call INDEXED BY calls_by_entry
        ON call.entered_at >= day.starts_at AND call.entered_at < day.ends_at
    WHERE day.starts_at >= (SELECT max(starts_at) FROM business_days WHERE starts_at <= (SELECT min(quarter_at) FROM queue_quarters WHERE queue_id = new.queue_id)) AND day.starts_at < (SELECT min(ends_at) FROM business_days WHERE ends_at > (SELECT max(quarter_at) FROM queue_quarters WHERE queue_id = new.queue_id))
        AND call.class = 'answered' AND true
    GROUP BY 1, 2
    ON CONFLICT (day_at, agent_id) DO UPDATE SET
        sales_calls = excluded.sales_calls;
END;

DROP TRIGGER IF EXISTS count_revenue_again;

CREATE TRIGGER count_revenue_again INSTEAD OF INSERT ON count_revenue
BEGIN
    INSERT INTO agent_days (day_at, agent_id, revenue_cents)
    SELECT day.starts_at,
        coalesce(sale.agent_id, 0),
        coalesce(sum(sale.amount_cents) FILTER (WHERE (sale.currency IS NULL OR sale.currency = (SELECT currency FROM site WHERE id = 1))), 0)
    FROM business_days AS day CROSS JOIN sales AS sale INDEXED BY sales_by_moment
        ON sale.sold_at >= day.starts_at AND sale.sold_at < day.ends_at
    WHERE day.starts_at >= 0 AND day.starts_at < 4611686018427387904
        AND sale.cancelled_at IS NULL AND true
    GROUP BY 1, 2
    ON CONFLICT (day_at, agent_id) DO UPDATE SET
        revenue_cents = excluded.revenue_cents;
    INSERT INTO campaign_days (day_at, campaign_id, revenue_cents)
    SELECT day.starts_at,
        sale.campaign_id,
        coalesce(sum(sale.amount_cents) FILTER (WHERE (sale.currency IS NULL OR sale.currency = (SELECT currency FROM site WHERE id = 1))), 0)
    FROM business_days AS day CROSS JOIN sales AS sale INDEXED BY sales_by_moment
        ON sale.sold_at >= day.starts_at AND sale.sold_at < day.ends_at
    WHERE day.starts_at >= 0 AND day.starts_at < 4611686018427387904
        AND sale.cancelled_at IS NULL AND sale.campaign_id IS NOT NULL AND true
    GROUP BY 1, 2
    ON CONFLICT (day_at, campaign_id) DO UPDATE SET
        revenue_cents = excluded.revenue_cents;
END;
