-- What was answered stays answered, and a wait is counted in whole seconds (metrics.md 1.1, 1.5, 1.6).
--
-- A call whose end nobody saw (outcome unknown) is answered where it had been answered: cut off, its length unknown. One
-- that was served without a moment of answer, as tables tell of, is answered without a wait. A wait is the whole second
-- of leaving less the whole second of entering, however fine the moments are.

-- SQLite drops no column that a trigger reads. Those that count are made anew by 0010.
DROP TRIGGER IF EXISTS calls_inserting;
DROP TRIGGER IF EXISTS calls_replaced;
DROP TRIGGER IF EXISTS calls_inserted;
DROP TRIGGER IF EXISTS calls_updated;
DROP TRIGGER IF EXISTS calls_deleted;
DROP TRIGGER IF EXISTS calls_key_taken;
DROP TRIGGER IF EXISTS count_sales_calls_again;
DROP TRIGGER IF EXISTS count_targets_again;
DROP TRIGGER IF EXISTS count_state_in_agent_day;
DROP VIEW IF EXISTS count_call;

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
