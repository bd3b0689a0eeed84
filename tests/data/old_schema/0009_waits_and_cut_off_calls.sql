-- What was answered stays answered, and a wait is counted in whole seconds (metrics.md 1.1, 1.5, 1.6).
--
-- A call whose end nobody saw (outcome unknown) is answered where it had been answered: cut off, its length unknown. One
-- that was served without a moment of answer, as tables tell of, is answered without a wait. A wait is the whole second
-- of leaving less the whole second of entering, however fine the moments are.

-- SQLite drops no column that a trigger reads.
DROP TRIGGER calls_inserting;
DROP TRIGGER calls_replaced;
DROP TRIGGER calls_inserted;
DROP TRIGGER calls_updated;
DROP TRIGGER calls_deleted;
DROP TRIGGER calls_key_taken;
DROP TRIGGER count_sales_calls_again;
DROP TRIGGER count_targets_again;
DROP TRIGGER count_state_in_agent_day;
DROP VIEW count_call;

ALTER TABLE calls DROP COLUMN handled;
ALTER TABLE calls DROP COLUMN class;
ALTER TABLE calls DROP COLUMN wait_ms;
ALTER TABLE calls DROP COLUMN talk_ms;

-- What the moments say, never written by anybody; one definition for the totals and for whoever reads.
-- The moment from which it is known that the call was answered: of the answer, or of the end of one served without it.
ALTER TABLE calls ADD COLUMN served_at INTEGER
GENERATED ALWAYS AS (coalesce(answered_at, iif(outcome = 'answered', ended_at, NULL))) VIRTUAL;
ALTER TABLE calls ADD COLUMN class TEXT GENERATED ALWAYS AS (CASE -- metrics.md 2; an outcome counts once the visit has ended
    WHEN served_at IS NOT NULL THEN 'answered'
    WHEN outcome = 'unknown' THEN 'unknown'
    WHEN outcome = 'blocked' THEN 'blocked'
    WHEN ended_at IS NULL THEN 'open'
    WHEN outcome = 'abandoned' THEN 'abandoned'
    WHEN outcome = 'timeout' THEN 'timed_out'
    WHEN outcome IN ('no_agents', 'incompatible') THEN 'no_agents'
    WHEN outcome IN ('exit_key', 'withdrawn') THEN 'diverted'
    ELSE 'unknown' END) VIRTUAL;
-- ccmon.metrics.wait_times.wait_ms says the same. NULL while open, and for a call that was served without a moment of answer.
ALTER TABLE calls ADD COLUMN wait_ms INTEGER GENERATED ALWAYS AS (
    max(0, iif(served_at IS NULL, ended_at, answered_at) / 1000 - entered_at / 1000) * 1000) VIRTUAL;
ALTER TABLE calls ADD COLUMN cut_off INTEGER
GENERATED ALWAYS AS (outcome IS 'unknown' AND answered_at IS NOT NULL) VIRTUAL;
ALTER TABLE calls ADD COLUMN handled INTEGER GENERATED ALWAYS AS (
    answered_at IS NOT NULL AND ended_at IS NOT NULL AND NOT cut_off AND wrapping_up IS NOT 1) VIRTUAL;
ALTER TABLE calls ADD COLUMN talk_ms INTEGER GENERATED ALWAYS AS (
    iif(cut_off, NULL, max(0, ended_at - answered_at - coalesce(hold_ms, 0)))) VIRTUAL;

ALTER TABLE queue_quarters ADD COLUMN cut_off INTEGER NOT NULL DEFAULT 0; -- of the answered: their length is unknown
ALTER TABLE queue_quarters ADD COLUMN answered_without_wait INTEGER NOT NULL DEFAULT 0; -- of the answered
ALTER TABLE agent_days ADD COLUMN hold_ms INTEGER NOT NULL DEFAULT 0; -- of talking_ms: the state hold
ALTER TABLE agent_days ADD COLUMN wrap_up_ms INTEGER NOT NULL DEFAULT 0; -- of other_ms: the state wrap_up
ALTER TABLE replaced_calls ADD COLUMN cut_off INTEGER;

CREATE VIEW count_call (sign, day_at, direction, queue_id, campaign_id, agent_id, entered_at, class, wait_ms, handled,
                        talk_ms, hold_ms, wrap_up_ms, right_party, cut_off) AS
SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL WHERE 0;

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
                                talk_ms, hold_ms, wrap_up_ms, cut_off, answered_without_wait)
    VALUES (
        new.queue_id, new.entered_at - new.entered_at % 900000, new.sign, new.sign,
        new.sign * coalesce(new.wait_ms <= coalesce(
            (SELECT service_level_threshold_ms FROM queue_days WHERE queue_id = new.queue_id AND day_at = new.day_at),
            20000
        ), 0),
        new.sign * coalesce(new.wait_ms, 0),
        new.sign * new.handled,
        iif(new.handled, new.sign * new.talk_ms, 0),
        iif(new.handled, new.sign * new.hold_ms, 0),
        iif(new.handled, new.sign * new.wrap_up_ms, 0),
        new.sign * new.cut_off,
        new.sign * (new.wait_ms IS NULL)
    )
    ON CONFLICT (queue_id, quarter_at) DO UPDATE SET
        offered = offered + excluded.offered,
        answered = answered + excluded.answered,
        answered_in_threshold = answered_in_threshold + excluded.answered_in_threshold,
        answered_wait_ms = answered_wait_ms + excluded.answered_wait_ms,
        handled = handled + excluded.handled,
        talk_ms = talk_ms + excluded.talk_ms,
        hold_ms = hold_ms + excluded.hold_ms,
        wrap_up_ms = wrap_up_ms + excluded.wrap_up_ms,
        cut_off = cut_off + excluded.cut_off,
        answered_without_wait = answered_without_wait + excluded.answered_without_wait;
END;

CREATE TRIGGER count_call_in_waits INSTEAD OF INSERT ON count_call
WHEN new.direction = 'inbound' AND new.queue_id IS NOT NULL AND new.day_at IS NOT NULL
    AND new.wait_ms IS NOT NULL
    AND new.class IN ('answered', 'abandoned', 'timed_out', 'no_agents', 'diverted')
BEGIN
    INSERT INTO wait_histogram (queue_id, day_at, wait_s, visits)
    VALUES (new.queue_id, new.day_at, new.wait_ms / 1000, new.sign)
    ON CONFLICT (queue_id, day_at, wait_s) DO UPDATE SET visits = visits + excluded.visits;
    -- A row of nobody would be the longest wait. Here, since the last trigger made is the first that SQLite fires.
    DELETE FROM wait_histogram
    WHERE new.sign < 0 AND queue_id = new.queue_id AND day_at = new.day_at AND wait_s = new.wait_ms / 1000 AND visits = 0;
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

CREATE TRIGGER calls_inserting BEFORE INSERT ON calls
WHEN EXISTS (SELECT 1 FROM calls WHERE id = new.id)
    OR EXISTS (SELECT 1 FROM calls WHERE source = new.source AND call_id = new.call_id AND visit = coalesce(new.visit, 1))
BEGIN
    DELETE FROM replaced_calls;
    INSERT INTO replaced_calls
    SELECT id, direction, queue_id, campaign_id, agent_id, entered_at, class, wait_ms, handled, talk_ms,
        coalesce(hold_ms, 0), wrap_up_ms, right_party, cut_off
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
        right_party, cut_off
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
        new.talk_ms, coalesce(new.hold_ms, 0), new.wrap_up_ms, new.right_party, new.cut_off
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
        old.talk_ms, coalesce(old.hold_ms, 0), old.wrap_up_ms, old.right_party, old.cut_off
    );
    INSERT INTO count_call VALUES (
        1,
        (SELECT iif(new.entered_at < ends_at, starts_at, NULL) FROM business_days
         WHERE starts_at <= new.entered_at ORDER BY starts_at DESC LIMIT 1),
        new.direction, new.queue_id, new.campaign_id, new.agent_id, new.entered_at, new.class, new.wait_ms, new.handled,
        new.talk_ms, coalesce(new.hold_ms, 0), new.wrap_up_ms, new.right_party, new.cut_off
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
        old.talk_ms, coalesce(old.hold_ms, 0), old.wrap_up_ms, old.right_party, old.cut_off
    );
END;

-- An UPDATE OR REPLACE would delete the other row without a trigger of its own, also where its visit is NULL and becomes 1.
CREATE TRIGGER calls_key_taken BEFORE UPDATE OF id, source, call_id, visit ON calls
WHEN EXISTS (SELECT 1 FROM calls WHERE id = new.id AND id <> old.id)
    OR EXISTS (
        SELECT 1 FROM calls
        WHERE source = new.source AND call_id = new.call_id AND visit = coalesce(new.visit, 1) AND id <> old.id
    )
BEGIN
    SELECT raise(ABORT, 'another call has this id, or this source, call_id and visit');
END;

CREATE TRIGGER count_state_in_agent_day INSTEAD OF INSERT ON count_state
WHEN new.ended_at > new.started_at AND new.state <> 'logged_out'
BEGIN
    INSERT INTO agent_days (day_at, agent_id, ready_ms, paused_ms, talking_ms, other_ms, hold_ms, wrap_up_ms)
    SELECT
        starts_at, new.agent_id,
        iif(new.state = 'ready', spent_ms, 0),
        iif(new.state = 'paused', spent_ms, 0),
        iif(new.state IN ('talking', 'hold'), spent_ms, 0),
        iif(new.state IN ('ringing', 'dialling', 'wrap_up', 'unavailable'), spent_ms, 0),
        iif(new.state = 'hold', spent_ms, 0),
        iif(new.state = 'wrap_up', spent_ms, 0)
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
        other_ms = other_ms + excluded.other_ms,
        hold_ms = hold_ms + excluded.hold_ms,
        wrap_up_ms = wrap_up_ms + excluded.wrap_up_ms;
END;

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
