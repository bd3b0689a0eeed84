-- An update takes away what an INSERT noted of the row that it then updated instead: a later INSERT OR REPLACE would have
-- counted that row out a second time.

DROP TRIGGER calls_updated;

CREATE TRIGGER calls_updated AFTER UPDATE OF
    id, direction, queue_id, campaign_id, agent_id, entered_at, answered_at, ended_at, wrapped_up_at, wrapping_up,
    hold_ms, outcome, right_party
ON calls
BEGIN
    DELETE FROM replaced_calls WHERE id = old.id;
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

DROP TRIGGER agent_states_updated;

CREATE TRIGGER agent_states_updated AFTER UPDATE OF
    id, agent_id, state, started_at, ended_at
ON agent_states
BEGIN
    DELETE FROM replaced_agent_states WHERE id = old.id;
    INSERT INTO count_state VALUES (
        -1, new.id, old.agent_id, old.state, old.started_at, old.ended_at
    );
    INSERT INTO count_state VALUES (
        1, new.id, new.agent_id, new.state, new.started_at, new.ended_at
    );
END;

DROP TRIGGER missed_calls_updated;

CREATE TRIGGER missed_calls_updated AFTER UPDATE OF
    id, agent_id, missed_at, ring_ms
ON missed_calls
BEGIN
    DELETE FROM replaced_missed_calls WHERE id = old.id;
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

DROP TRIGGER sales_updated;

CREATE TRIGGER sales_updated AFTER UPDATE OF
    id, call_id, agent_id, campaign_id, customer_id, sold_at, amount_cents, currency, cancelled_at
ON sales
BEGIN
    DELETE FROM replaced_sales WHERE id = old.id;
    INSERT INTO count_sale VALUES (
        -1, (SELECT iif(old.sold_at < ends_at, starts_at, NULL) FROM business_days
            WHERE starts_at <= old.sold_at ORDER BY starts_at DESC LIMIT 1),
        new.id, old.call_id, old.agent_id, old.campaign_id, old.customer_id, old.sold_at, old.amount_cents,
        old.currency, old.cancelled_at
    );
    INSERT INTO count_sale VALUES (
        1, (SELECT iif(new.sold_at < ends_at, starts_at, NULL) FROM business_days
            WHERE starts_at <= new.sold_at ORDER BY starts_at DESC LIMIT 1),
        new.id, new.call_id, new.agent_id, new.campaign_id, new.customer_id, new.sold_at, new.amount_cents,
        new.currency, new.cancelled_at
    );
END;
