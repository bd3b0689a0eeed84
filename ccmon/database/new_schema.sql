-- What all migrations leave in a new database: made of them by new_schema.py, not to be edited.

CREATE TABLE site (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    name TEXT,
    time_zone TEXT NOT NULL,                                -- IANA name
    day_starts_ms INTEGER NOT NULL DEFAULT 0,               -- business day's start after local midnight
    currency TEXT,                                          -- ISO 4217
    follow_up_grace_ms INTEGER NOT NULL DEFAULT 900000,
    max_open_ms INTEGER NOT NULL DEFAULT 14400000,          -- a call open for longer is unknown (metrics.md 1.5)
    created_at INTEGER NOT NULL
, margin REAL CHECK (margin BETWEEN 0 AND 1), incrementality REAL NOT NULL DEFAULT 1 CHECK (incrementality BETWEEN 0 AND 1), moved_to TEXT, moved_at INTEGER) STRICT;

CREATE TABLE clock (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    real_at INTEGER NOT NULL,
    floor_at INTEGER NOT NULL,
    speed REAL NOT NULL DEFAULT 1
) STRICT;

CREATE TABLE business_days (
    starts_at INTEGER PRIMARY KEY CHECK (starts_at % 900000 = 0), -- a quarter of an hour lies in one day
    ends_at INTEGER NOT NULL,
    date TEXT NOT NULL UNIQUE                               -- ISO, local
) STRICT;

CREATE TABLE clients (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE teams (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    client_id INTEGER REFERENCES clients (id)
, pause_limit_ms INTEGER CHECK (pause_limit_ms > 0), wrap_up_limit_ms INTEGER CHECK (wrap_up_limit_ms > 0), talk_limit_ms INTEGER CHECK (talk_limit_ms > 0), missed_calls_limit INTEGER CHECK (missed_calls_limit > 0)) STRICT;

CREATE TABLE agents (
    id INTEGER PRIMARY KEY,
    login TEXT NOT NULL UNIQUE,
    name TEXT,                                              -- NULL: shown by login
    team_id INTEGER REFERENCES teams (id),
    hourly_cost_cents INTEGER,
    active INTEGER NOT NULL DEFAULT 1 CHECK (active IN (0, 1))
) STRICT;

CREATE TABLE agent_aliases (
    alias TEXT PRIMARY KEY,
    agent_id INTEGER NOT NULL REFERENCES agents (id) ON DELETE CASCADE
) STRICT;

CREATE TABLE queues (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE COLLATE NOCASE,
    client_id INTEGER REFERENCES clients (id),
    purpose TEXT CHECK (purpose IN ('sales', 'service', 'retention')),
    service_level_threshold_ms INTEGER NOT NULL DEFAULT 20000 CHECK (service_level_threshold_ms >= 0),
    service_level_target REAL NOT NULL DEFAULT 0.8 CHECK (service_level_target BETWEEN 0 AND 1),
    short_abandon_ms INTEGER NOT NULL DEFAULT 5000 CHECK (short_abandon_ms >= 0),
    handling_target_ms INTEGER
, longest_wait_limit_ms INTEGER CHECK (longest_wait_limit_ms > 0), wrap_up_limit_ms INTEGER CHECK (wrap_up_limit_ms > 0), talk_limit_ms INTEGER CHECK (talk_limit_ms > 0)) STRICT;

CREATE TABLE campaigns (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    client_id INTEGER REFERENCES clients (id),
    purpose TEXT CHECK (purpose IN ('sales', 'service', 'retention')),
    starts_on TEXT,
    ends_on TEXT
) STRICT;

CREATE TABLE customers (
    id INTEGER PRIMARY KEY,
    reference TEXT UNIQUE,                                  -- the site's own customer number
    name TEXT,
    phone TEXT
) STRICT;

CREATE INDEX customers_by_phone ON customers (phone) WHERE phone IS NOT NULL;

CREATE TABLE calls (
    id INTEGER PRIMARY KEY,
    source TEXT NOT NULL,
    call_id TEXT NOT NULL,                                  -- the source's
    visit INTEGER NOT NULL DEFAULT 1,
    direction TEXT NOT NULL DEFAULT 'inbound' CHECK (direction IN ('inbound', 'outbound')),
    queue_id INTEGER REFERENCES queues (id),
    campaign_id INTEGER REFERENCES campaigns (id),
    customer_id INTEGER REFERENCES customers (id),
    caller TEXT,                                            -- number; outbound: the number dialled
    caller_name TEXT,
    agent_id INTEGER REFERENCES agents (id),
    entered_at INTEGER NOT NULL,                            -- entered the queue; outbound: dialling began
    answered_at INTEGER,
    ended_at INTEGER,
    wrapped_up_at INTEGER,                                  -- end of the wrap-up
    wrapping_up INTEGER CHECK (wrapping_up IN (0, 1)),      -- 1 while the wrap-up runs: not yet handled
    hold_ms INTEGER CHECK (hold_ms >= 0),
    outcome TEXT CHECK (outcome IN ('answered', 'abandoned', 'timeout', 'no_agents', 'incompatible', 'exit_key',
                                    'withdrawn', 'blocked', 'unknown')),
    ended_by TEXT CHECK (ended_by IN ('caller', 'agent', 'transfer', 'system')),
    disposition TEXT,
    right_party INTEGER CHECK (right_party IN (0, 1)),      -- outbound: the person sought was reached
    -- What the moments above say, never written by anybody; one definition for the totals and for whoever reads.
    wrap_up_ms INTEGER GENERATED ALWAYS AS (max(0, coalesce(wrapped_up_at, ended_at) - ended_at)) VIRTUAL, served_at INTEGER
GENERATED ALWAYS AS (coalesce(answered_at, iif(outcome = 'answered', ended_at, NULL))) VIRTUAL, class TEXT GENERATED ALWAYS AS (CASE -- metrics.md 2; an outcome counts once the visit has ended
    WHEN served_at IS NOT NULL THEN 'answered'
    WHEN outcome = 'unknown' THEN 'unknown'
    WHEN outcome = 'blocked' THEN 'blocked'
    WHEN ended_at IS NULL THEN 'open'
    WHEN outcome = 'abandoned' THEN 'abandoned'
    WHEN outcome = 'timeout' THEN 'timed_out'
    WHEN outcome IN ('no_agents', 'incompatible') THEN 'no_agents'
    WHEN outcome IN ('exit_key', 'withdrawn') THEN 'diverted'
    ELSE 'unknown' END) VIRTUAL, wait_ms INTEGER GENERATED ALWAYS AS (
    max(0, iif(served_at IS NULL, ended_at, answered_at) / 1000 - entered_at / 1000) * 1000) VIRTUAL, cut_off INTEGER
GENERATED ALWAYS AS (outcome IS 'unknown' AND answered_at IS NOT NULL) VIRTUAL, handled INTEGER GENERATED ALWAYS AS (
    answered_at IS NOT NULL AND ended_at IS NOT NULL AND NOT cut_off AND wrapping_up IS NOT 1) VIRTUAL, talk_ms INTEGER GENERATED ALWAYS AS (
    iif(cut_off, NULL, max(0, ended_at - answered_at - coalesce(hold_ms, 0)))) VIRTUAL,
    UNIQUE (source, call_id, visit)
) STRICT;

CREATE INDEX calls_by_entry ON calls (entered_at);

CREATE INDEX calls_open ON calls (entered_at) WHERE ended_at IS NULL;

CREATE INDEX calls_by_agent ON calls (agent_id, entered_at) WHERE agent_id IS NOT NULL;

CREATE INDEX calls_by_customer ON calls (customer_id, entered_at) WHERE customer_id IS NOT NULL;

CREATE TABLE missed_calls (
    id INTEGER PRIMARY KEY,
    call_id INTEGER REFERENCES calls (id) ON DELETE SET NULL,
    queue_id INTEGER REFERENCES queues (id),
    agent_id INTEGER NOT NULL REFERENCES agents (id),
    missed_at INTEGER NOT NULL,
    ring_ms INTEGER NOT NULL CHECK (ring_ms >= 0)
) STRICT;

CREATE INDEX missed_calls_by_agent ON missed_calls (agent_id, missed_at);

CREATE INDEX missed_calls_by_moment ON missed_calls (missed_at);

CREATE TABLE agent_states (
    id INTEGER PRIMARY KEY,
    agent_id INTEGER NOT NULL REFERENCES agents (id),
    state TEXT NOT NULL CHECK (state IN ('ready', 'ringing', 'dialling', 'talking', 'hold', 'wrap_up', 'paused',
                                         'unavailable', 'logged_out')),
    reason TEXT,
    call_id INTEGER REFERENCES calls (id) ON DELETE SET NULL, -- calls.id of the call it belongs to
    started_at INTEGER NOT NULL,
    ended_at INTEGER
, source TEXT) STRICT;

CREATE INDEX agent_states_by_agent ON agent_states (agent_id, started_at);

CREATE INDEX agent_states_by_start ON agent_states (started_at);

CREATE UNIQUE INDEX agent_states_open ON agent_states (agent_id) WHERE ended_at IS NULL;

CREATE TABLE queue_members (
    id INTEGER PRIMARY KEY,
    queue_id INTEGER NOT NULL REFERENCES queues (id),
    agent_id INTEGER NOT NULL REFERENCES agents (id),
    static INTEGER NOT NULL DEFAULT 0 CHECK (static IN (0, 1)), -- 1: never logs in by itself (queues.conf)
    started_at INTEGER NOT NULL,
    ended_at INTEGER
, source TEXT) STRICT;

CREATE INDEX queue_members_by_queue ON queue_members (queue_id, started_at);

CREATE UNIQUE INDEX queue_members_open ON queue_members (queue_id, agent_id) WHERE ended_at IS NULL;

CREATE TABLE queue_pauses (
    id INTEGER PRIMARY KEY,
    queue_id INTEGER NOT NULL REFERENCES queues (id),
    agent_id INTEGER NOT NULL REFERENCES agents (id),
    reason TEXT,
    started_at INTEGER NOT NULL,
    ended_at INTEGER
, source TEXT) STRICT;

CREATE INDEX queue_pauses_by_queue ON queue_pauses (queue_id, started_at);

CREATE UNIQUE INDEX queue_pauses_open ON queue_pauses (queue_id, agent_id) WHERE ended_at IS NULL;

CREATE TABLE pause_reasons (
    reason TEXT PRIMARY KEY,
    paid INTEGER NOT NULL DEFAULT 1 CHECK (paid IN (0, 1)),
    productive INTEGER NOT NULL DEFAULT 0 CHECK (productive IN (0, 1)),
    counts_as_wrap_up INTEGER NOT NULL DEFAULT 0 CHECK (counts_as_wrap_up IN (0, 1)),
    planned INTEGER NOT NULL DEFAULT 1 CHECK (planned IN (0, 1)),
    limit_ms INTEGER                                        -- longer than this is worth an alert
) STRICT;

CREATE TABLE sales (
    id INTEGER PRIMARY KEY,
    call_id INTEGER REFERENCES calls (id),                  -- calls.id
    agent_id INTEGER REFERENCES agents (id),
    campaign_id INTEGER REFERENCES campaigns (id),
    customer_id INTEGER REFERENCES customers (id),
    sold_at INTEGER NOT NULL,
    amount_cents INTEGER NOT NULL,
    currency TEXT,                                          -- NULL: the site's
    cancelled_at INTEGER
, reference TEXT) STRICT;

CREATE INDEX sales_by_moment ON sales (sold_at);

CREATE INDEX sales_by_call ON sales (call_id) WHERE call_id IS NOT NULL;

CREATE INDEX sales_by_customer ON sales (customer_id, sold_at) WHERE customer_id IS NOT NULL;

CREATE INDEX sales_by_agent ON sales (agent_id, sold_at);

CREATE TABLE quotas (
    scope TEXT NOT NULL CHECK (scope IN ('centre', 'client', 'team', 'agent', 'campaign')),
    scope_id INTEGER NOT NULL DEFAULT 0,                    -- 0 for the centre
    period TEXT NOT NULL CHECK (period IN ('day', 'week', 'month')),
    starts_on TEXT NOT NULL,
    sales INTEGER CHECK (sales >= 0),
    revenue_cents INTEGER CHECK (revenue_cents >= 0),
    conversion REAL CHECK (conversion BETWEEN 0 AND 1),
    PRIMARY KEY (scope, scope_id, period, starts_on)
) STRICT, WITHOUT ROWID;

CREATE TABLE surveys (
    id INTEGER PRIMARY KEY,
    call_id INTEGER REFERENCES calls (id),                  -- calls.id
    agent_id INTEGER REFERENCES agents (id),
    customer_id INTEGER REFERENCES customers (id),
    answered_at INTEGER NOT NULL,
    score INTEGER NOT NULL,
    scale INTEGER NOT NULL,                                 -- top of the scale
    comment TEXT, reference TEXT, question TEXT NOT NULL DEFAULT 'satisfaction'
    CHECK (question IN ('satisfaction', 'recommend', 'resolved')),
    CHECK (score <= scale)
) STRICT;

CREATE INDEX surveys_by_agent ON surveys (agent_id, answered_at);

CREATE INDEX surveys_by_moment ON surveys (answered_at);

CREATE TABLE follow_ups (
    id INTEGER PRIMARY KEY,
    customer_id INTEGER REFERENCES customers (id),
    call_id INTEGER REFERENCES calls (id),                  -- calls.id
    agent_id INTEGER REFERENCES agents (id),                -- who owes it
    kind TEXT NOT NULL DEFAULT 'call back',
    created_at INTEGER NOT NULL,
    due_at INTEGER NOT NULL,
    promised_at INTEGER NOT NULL,                           -- the first due moment
    done_at INTEGER,
    outcome TEXT,                                           -- NULL while open; 'cancelled' ends it without being done
    note TEXT
, reference TEXT) STRICT;

CREATE INDEX follow_ups_open ON follow_ups (due_at) WHERE done_at IS NULL;

CREATE INDEX follow_ups_by_promise ON follow_ups (promised_at);

CREATE INDEX follow_ups_by_done ON follow_ups (done_at) WHERE done_at IS NOT NULL;

CREATE TABLE contact_reasons (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    product TEXT,
    is_problem INTEGER NOT NULL DEFAULT 0 CHECK (is_problem IN (0, 1))
) STRICT;

CREATE TABLE call_reasons (
    call_id INTEGER NOT NULL REFERENCES calls (id) ON DELETE CASCADE, -- calls.id
    reason_id INTEGER NOT NULL REFERENCES contact_reasons (id),
    is_primary INTEGER NOT NULL DEFAULT 1 CHECK (is_primary IN (0, 1)),
    PRIMARY KEY (call_id, reason_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE investments (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    goal TEXT NOT NULL CHECK (goal IN ('acquisition', 'retention', 'service')),
    starts_on TEXT NOT NULL,
    ends_on TEXT,
    cost_cents INTEGER NOT NULL,
    revenue_cents INTEGER,
    customers_won INTEGER,
    customers_kept INTEGER
) STRICT;

CREATE TABLE shifts (
    id INTEGER PRIMARY KEY,
    agent_id INTEGER NOT NULL REFERENCES agents (id),
    starts_at INTEGER NOT NULL,
    ends_at INTEGER NOT NULL,
    activity TEXT NOT NULL DEFAULT 'work',
    CHECK (ends_at > starts_at),
    UNIQUE (agent_id, starts_at)
) STRICT;

CREATE INDEX shifts_by_start ON shifts (starts_at);

CREATE TABLE sources (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,                              -- what calls.source says
    kind TEXT NOT NULL,                                     -- queue-log, ami, freeswitch, table, simulator
    path TEXT,
    following INTEGER NOT NULL DEFAULT 0 CHECK (following IN (0, 1)),
    started_at INTEGER,
    last_record_at INTEGER,
    checked_at INTEGER,
    records INTEGER NOT NULL DEFAULT 0,
    unknown_records INTEGER NOT NULL DEFAULT 0,             -- understood as a record, of an event ccmon does not use
    rejected INTEGER NOT NULL DEFAULT 0,
    position TEXT,                                          -- JSON: how far a followed file has been read
    carried TEXT                                            -- JSON: what ccmon remembers of the floor beyond the rows
, incomplete_records INTEGER NOT NULL DEFAULT 0, process_namespace INTEGER, last_error TEXT) STRICT;

CREATE TABLE imported_ranges (
    id INTEGER PRIMARY KEY,
    source_id INTEGER NOT NULL REFERENCES sources (id) ON DELETE CASCADE,
    first_at INTEGER NOT NULL,
    last_at INTEGER NOT NULL,
    edges TEXT NOT NULL                                     -- JSON: digests of the records of the first and last second
) STRICT;

CREATE TABLE rejected_lines (
    id INTEGER PRIMARY KEY,
    source TEXT NOT NULL,
    file TEXT,
    line INTEGER,
    reason TEXT NOT NULL,
    content TEXT NOT NULL,
    rejected_at INTEGER NOT NULL
, taken_in INTEGER NOT NULL DEFAULT 0 CHECK (taken_in IN (0, 1))) STRICT;

CREATE TABLE progress (
    task TEXT PRIMARY KEY,
    done INTEGER NOT NULL,
    total INTEGER NOT NULL
, noted_at INTEGER) STRICT, WITHOUT ROWID;

CREATE TABLE queue_days (
    queue_id INTEGER NOT NULL,
    day_at INTEGER NOT NULL,                                -- business_days.starts_at
    service_level_threshold_ms INTEGER NOT NULL,
    service_level_target REAL NOT NULL,
    short_abandon_ms INTEGER NOT NULL,
    PRIMARY KEY (queue_id, day_at)
) STRICT, WITHOUT ROWID;

CREATE TABLE queue_quarters (
    queue_id INTEGER NOT NULL,
    quarter_at INTEGER NOT NULL,                            -- start of the quarter of an hour of entered_at
    offered INTEGER NOT NULL DEFAULT 0,
    answered INTEGER NOT NULL DEFAULT 0,
    answered_in_threshold INTEGER NOT NULL DEFAULT 0,
    abandoned INTEGER NOT NULL DEFAULT 0,
    short_abandoned INTEGER NOT NULL DEFAULT 0,
    timed_out INTEGER NOT NULL DEFAULT 0,
    no_agents INTEGER NOT NULL DEFAULT 0,                   -- incompatible ones included
    diverted INTEGER NOT NULL DEFAULT 0,                    -- exit_key, withdrawn
    unknown INTEGER NOT NULL DEFAULT 0,
    answered_wait_ms INTEGER NOT NULL DEFAULT 0,
    abandoned_wait_ms INTEGER NOT NULL DEFAULT 0,           -- short abandons left out
    handled INTEGER NOT NULL DEFAULT 0,
    talk_ms INTEGER NOT NULL DEFAULT 0,                     -- of handled calls, hold taken out
    hold_ms INTEGER NOT NULL DEFAULT 0,
    wrap_up_ms INTEGER NOT NULL DEFAULT 0, cut_off INTEGER NOT NULL DEFAULT 0, answered_without_wait INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (queue_id, quarter_at)
) STRICT, WITHOUT ROWID;

CREATE TABLE wait_histogram (
    queue_id INTEGER NOT NULL,
    day_at INTEGER NOT NULL,
    wait_s INTEGER NOT NULL,                                -- whole seconds, rounded down
    visits INTEGER NOT NULL,
    PRIMARY KEY (queue_id, day_at, wait_s)
) STRICT, WITHOUT ROWID;

CREATE TABLE handling_histogram (
    day_at INTEGER NOT NULL,
    direction TEXT NOT NULL,
    queue_id INTEGER NOT NULL,                              -- 0: no queue (outbound)
    handling_s INTEGER NOT NULL,
    calls INTEGER NOT NULL,
    PRIMARY KEY (day_at, direction, queue_id, handling_s)
) STRICT, WITHOUT ROWID;

CREATE TABLE agent_days (
    day_at INTEGER NOT NULL,
    agent_id INTEGER NOT NULL,
    inbound INTEGER NOT NULL DEFAULT 0,                     -- handled calls, by day of entry
    outbound INTEGER NOT NULL DEFAULT 0,
    inbound_talk_ms INTEGER NOT NULL DEFAULT 0,
    inbound_hold_ms INTEGER NOT NULL DEFAULT 0,
    inbound_wrap_up_ms INTEGER NOT NULL DEFAULT 0,
    outbound_talk_ms INTEGER NOT NULL DEFAULT 0,
    outbound_hold_ms INTEGER NOT NULL DEFAULT 0,
    outbound_wrap_up_ms INTEGER NOT NULL DEFAULT 0,
    sales_calls INTEGER NOT NULL DEFAULT 0,                 -- answered calls of sales queues, right-party contacts
    missed INTEGER NOT NULL DEFAULT 0,                      -- rang for a second or more
    ready_ms INTEGER NOT NULL DEFAULT 0,                    -- closed intervals, clipped to the day
    paused_ms INTEGER NOT NULL DEFAULT 0,
    talking_ms INTEGER NOT NULL DEFAULT 0,                  -- state talking or hold
    other_ms INTEGER NOT NULL DEFAULT 0,                    -- ringing, dialling, wrap_up, unavailable
    converted INTEGER NOT NULL DEFAULT 0,                   -- distinct calls with a sale that stands, by day of the sale
    sales INTEGER NOT NULL DEFAULT 0,                       -- sales that stand, by day of the sale
    revenue_cents INTEGER NOT NULL DEFAULT 0, hold_ms INTEGER NOT NULL DEFAULT 0, wrap_up_ms INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (day_at, agent_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE campaign_days (
    day_at INTEGER NOT NULL,
    campaign_id INTEGER NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    contacts INTEGER NOT NULL DEFAULT 0,                    -- answered by a person
    sales_calls INTEGER NOT NULL DEFAULT 0,                 -- right-party contacts
    converted INTEGER NOT NULL DEFAULT 0,
    sales INTEGER NOT NULL DEFAULT 0,
    revenue_cents INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (day_at, campaign_id)
) STRICT, WITHOUT ROWID;

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

CREATE UNIQUE INDEX sales_by_reference ON sales (reference) WHERE reference IS NOT NULL;

CREATE UNIQUE INDEX follow_ups_by_reference ON follow_ups (reference) WHERE reference IS NOT NULL;

CREATE UNIQUE INDEX surveys_by_reference ON surveys (reference) WHERE reference IS NOT NULL;

CREATE INDEX surveys_by_call ON surveys (call_id) WHERE call_id IS NOT NULL;

CREATE INDEX follow_ups_by_customer ON follow_ups (customer_id) WHERE customer_id IS NOT NULL;

CREATE TABLE survey_invitations (
    id INTEGER PRIMARY KEY,
    reference TEXT UNIQUE,
    call_id INTEGER REFERENCES calls (id),                  -- calls.id
    agent_id INTEGER REFERENCES agents (id),
    customer_id INTEGER REFERENCES customers (id),
    sent_at INTEGER NOT NULL,
    delivered INTEGER NOT NULL DEFAULT 1 CHECK (delivered IN (0, 1))
) STRICT;

CREATE INDEX survey_invitations_by_moment ON survey_invitations (sent_at);

CREATE TRIGGER sales_of_two_keys BEFORE INSERT ON sales
WHEN new.reference IS NOT NULL AND EXISTS (SELECT 1 FROM sales WHERE id = new.id AND reference IS NOT new.reference)
    AND EXISTS (SELECT 1 FROM sales WHERE reference = new.reference)
BEGIN
    SELECT raise(ABORT, 'this id and this reference belong to two sales');
END;

CREATE TRIGGER sales_key_taken BEFORE UPDATE OF id, reference ON sales
WHEN EXISTS (
    SELECT 1 FROM sales WHERE (id = new.id OR (new.reference IS NOT NULL AND reference = new.reference)) AND id <> old.id
)
BEGIN
    SELECT raise(ABORT, 'another sale has this id or reference');
END;

CREATE INDEX calls_outbound ON calls (entered_at) WHERE direction = 'outbound';

CREATE INDEX calls_reached ON calls (campaign_id, entered_at) WHERE right_party = 1;

CREATE INDEX calls_kept ON calls (entered_at) WHERE lower(disposition) = 'kept';

CREATE TRIGGER calls_key_taken BEFORE UPDATE OF id, source, call_id, visit ON calls
WHEN EXISTS (SELECT 1 FROM calls WHERE id = new.id AND id <> old.id)
    OR EXISTS (
        SELECT 1 FROM calls
        WHERE source = new.source AND call_id = new.call_id AND visit = coalesce(new.visit, 1) AND id <> old.id
    )
BEGIN
    SELECT raise(ABORT, 'another call has this id, or this source, call_id and visit');
END;

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

CREATE TRIGGER agent_states_deleted AFTER DELETE ON agent_states
BEGIN
    DELETE FROM replaced_agent_states WHERE id = old.id;
    INSERT INTO count_state VALUES (
        -1, old.id, old.agent_id, old.state, old.started_at, old.ended_at
    );
END;

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

CREATE TRIGGER missed_calls_deleted AFTER DELETE ON missed_calls
BEGIN
    DELETE FROM replaced_missed_calls WHERE id = old.id;
    INSERT INTO count_missed_call VALUES (
        -1, (SELECT iif(old.missed_at < ends_at, starts_at, NULL) FROM business_days
            WHERE starts_at <= old.missed_at ORDER BY starts_at DESC LIMIT 1),
        old.id, old.agent_id, old.missed_at, old.ring_ms
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

CREATE TRIGGER count_call_of_new_day INSTEAD OF INSERT ON count_call
WHEN new.sign > 0 AND new.day_at IS NOT NULL AND new.direction = 'inbound' AND new.queue_id IS NOT NULL AND new.class <> 'blocked'
    AND NOT EXISTS (SELECT 1 FROM queue_days WHERE queue_id = new.queue_id AND day_at = new.day_at)
BEGIN
    INSERT INTO queue_days (queue_id, day_at, service_level_threshold_ms, service_level_target, short_abandon_ms)
    SELECT id, new.day_at, service_level_threshold_ms, service_level_target, short_abandon_ms
    FROM queues
    WHERE id = new.queue_id;
END;

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

CREATE TABLE changes (
    id INTEGER PRIMARY KEY,                                 -- ascends; old rows are deleted, the last ones never
    subject TEXT NOT NULL,                                  -- what was written; 'everything' after a bulk load
    subject_id INTEGER,                                     -- its row
    agent_id INTEGER,                                       -- whom it concerns
    queue_id INTEGER,
    campaign_id INTEGER,
    at INTEGER                                              -- the moment that the row counts from
) STRICT;

CREATE TRIGGER changes_of_calls_replaced AFTER INSERT ON replaced_calls
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES (iif(new.direction = 'inbound', 'call', 'outbound_call'), new.id, new.agent_id, new.queue_id, new.campaign_id, new.entered_at);
END;

CREATE TRIGGER changes_of_agent_states_replaced AFTER INSERT ON replaced_agent_states
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES ('state', new.id, new.agent_id, NULL, NULL, new.started_at);
END;

CREATE TRIGGER changes_of_missed_calls_replaced AFTER INSERT ON replaced_missed_calls
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES ('missed_call', new.id, new.agent_id, NULL, NULL, new.missed_at);
END;

CREATE TRIGGER changes_of_calls_inserted AFTER INSERT ON calls
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES (iif(new.direction = 'inbound', 'call', 'outbound_call'), new.id, new.agent_id, new.queue_id, new.campaign_id, new.entered_at);
    DELETE FROM changes WHERE new.id % 256 = 0 AND id <= (SELECT max(id) - 4096 FROM changes);
END;

CREATE TRIGGER changes_of_calls_updated AFTER UPDATE ON calls
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES (iif(new.direction = 'inbound', 'call', 'outbound_call'), new.id, new.agent_id, new.queue_id, new.campaign_id, new.entered_at);
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    SELECT iif(old.direction = 'inbound', 'call', 'outbound_call'), old.id, old.agent_id, old.queue_id, old.campaign_id, old.entered_at
    WHERE old.agent_id <> coalesce(new.agent_id, 0);
END;

CREATE TRIGGER changes_of_calls_moved AFTER UPDATE OF id, direction, queue_id, campaign_id, entered_at ON calls
WHEN old.id COLLATE BINARY IS NOT new.id
    OR old.direction COLLATE BINARY IS NOT new.direction
    OR old.queue_id COLLATE BINARY IS NOT new.queue_id
    OR old.campaign_id COLLATE BINARY IS NOT new.campaign_id
    OR old.entered_at COLLATE BINARY IS NOT new.entered_at
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES (iif(old.direction = 'inbound', 'call', 'outbound_call'), old.id, old.agent_id, old.queue_id, old.campaign_id, old.entered_at);
END;

CREATE TRIGGER changes_of_calls_deleted AFTER DELETE ON calls
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES (iif(old.direction = 'inbound', 'call', 'outbound_call'), old.id, old.agent_id, old.queue_id, old.campaign_id, old.entered_at);
END;

CREATE TRIGGER changes_of_agent_states_inserted AFTER INSERT ON agent_states
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES ('state', new.id, new.agent_id, NULL, NULL, new.started_at);
    DELETE FROM changes WHERE new.id % 256 = 0 AND id <= (SELECT max(id) - 4096 FROM changes);
END;

CREATE TRIGGER changes_of_agent_states_updated AFTER UPDATE ON agent_states
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES ('state', new.id, new.agent_id, NULL, NULL, new.started_at);
END;

CREATE TRIGGER changes_of_agent_states_moved AFTER UPDATE OF id, agent_id, started_at ON agent_states
WHEN old.id COLLATE BINARY IS NOT new.id
    OR old.agent_id COLLATE BINARY IS NOT new.agent_id
    OR old.started_at COLLATE BINARY IS NOT new.started_at
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES ('state', old.id, old.agent_id, NULL, NULL, old.started_at);
END;

CREATE TRIGGER changes_of_agent_states_deleted AFTER DELETE ON agent_states
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES ('state', old.id, old.agent_id, NULL, NULL, old.started_at);
END;

CREATE TRIGGER changes_of_missed_calls_inserted AFTER INSERT ON missed_calls
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES ('missed_call', new.id, new.agent_id, NULL, NULL, new.missed_at);
    DELETE FROM changes WHERE new.id % 256 = 0 AND id <= (SELECT max(id) - 4096 FROM changes);
END;

CREATE TRIGGER changes_of_missed_calls_updated AFTER UPDATE ON missed_calls
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES ('missed_call', new.id, new.agent_id, NULL, NULL, new.missed_at);
END;

CREATE TRIGGER changes_of_missed_calls_moved AFTER UPDATE OF id, agent_id, missed_at ON missed_calls
WHEN old.id COLLATE BINARY IS NOT new.id
    OR old.agent_id COLLATE BINARY IS NOT new.agent_id
    OR old.missed_at COLLATE BINARY IS NOT new.missed_at
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES ('missed_call', old.id, old.agent_id, NULL, NULL, old.missed_at);
END;

CREATE TRIGGER changes_of_missed_calls_deleted AFTER DELETE ON missed_calls
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES ('missed_call', old.id, old.agent_id, NULL, NULL, old.missed_at);
END;

CREATE TRIGGER changes_of_sales_inserted AFTER INSERT ON sales
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES ('sale', new.id, new.agent_id, NULL, new.campaign_id, new.sold_at);
    DELETE FROM changes WHERE new.id % 256 = 0 AND id <= (SELECT max(id) - 4096 FROM changes);
END;

CREATE TRIGGER changes_of_sales_updated AFTER UPDATE ON sales
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES ('sale', new.id, new.agent_id, NULL, new.campaign_id, new.sold_at);
END;

CREATE TRIGGER changes_of_sales_moved AFTER UPDATE OF id, agent_id, campaign_id, sold_at ON sales
WHEN old.id COLLATE BINARY IS NOT new.id
    OR old.agent_id COLLATE BINARY IS NOT new.agent_id
    OR old.campaign_id COLLATE BINARY IS NOT new.campaign_id
    OR old.sold_at COLLATE BINARY IS NOT new.sold_at
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES ('sale', old.id, old.agent_id, NULL, old.campaign_id, old.sold_at);
END;

CREATE TRIGGER changes_of_sales_deleted AFTER DELETE ON sales
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES ('sale', old.id, old.agent_id, NULL, old.campaign_id, old.sold_at);
END;

CREATE TRIGGER changes_of_follow_ups_inserted AFTER INSERT ON follow_ups
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES ('follow_up', new.id, new.agent_id, NULL, NULL, new.due_at);
    DELETE FROM changes WHERE new.id % 256 = 0 AND id <= (SELECT max(id) - 4096 FROM changes);
END;

CREATE TRIGGER changes_of_follow_ups_updated AFTER UPDATE ON follow_ups
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES ('follow_up', new.id, new.agent_id, NULL, NULL, new.due_at);
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    SELECT 'follow_up', old.id, old.agent_id, NULL, NULL, old.due_at
    WHERE old.agent_id <> coalesce(new.agent_id, 0);
END;

CREATE TRIGGER changes_of_follow_ups_deleted AFTER DELETE ON follow_ups
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES ('follow_up', old.id, old.agent_id, NULL, NULL, old.due_at);
END;

CREATE TRIGGER changes_of_customers_inserted AFTER INSERT ON customers
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES ('customer', new.id, NULL, NULL, NULL, NULL);
    DELETE FROM changes WHERE new.id % 256 = 0 AND id <= (SELECT max(id) - 4096 FROM changes);
END;

CREATE TRIGGER changes_of_customers_updated AFTER UPDATE ON customers
WHEN old.id COLLATE BINARY IS NOT new.id
    OR old.name COLLATE BINARY IS NOT new.name
    OR old.phone COLLATE BINARY IS NOT new.phone
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES ('customer', new.id, NULL, NULL, NULL, NULL);
END;

CREATE TRIGGER changes_of_customers_deleted AFTER DELETE ON customers
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES ('customer', old.id, NULL, NULL, NULL, NULL);
END;

CREATE TRIGGER changes_of_customers_inserting BEFORE INSERT ON customers
WHEN EXISTS (SELECT 1 FROM customers WHERE id = new.id) OR EXISTS (SELECT 1 FROM customers WHERE reference = new.reference)
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    SELECT 'customer', gone.id, NULL, NULL, NULL, NULL
    FROM customers AS gone WHERE id = new.id OR reference = new.reference;
END;

CREATE TRIGGER changes_of_queue_days_inserted AFTER INSERT ON queue_days
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES ('targets', NULL, NULL, new.queue_id, NULL, new.day_at);
END;

CREATE TRIGGER changes_of_queue_days_updated AFTER UPDATE ON queue_days
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES ('targets', NULL, NULL, new.queue_id, NULL, new.day_at);
END;

CREATE TRIGGER changes_of_queue_days_deleted AFTER DELETE ON queue_days
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES ('targets', NULL, NULL, old.queue_id, NULL, old.day_at);
END;

CREATE TRIGGER changes_of_shifts_inserted AFTER INSERT ON shifts
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES ('shift', new.id, NULL, NULL, NULL, new.starts_at);
    DELETE FROM changes WHERE new.id % 256 = 0 AND id <= (SELECT max(id) - 4096 FROM changes);
END;

CREATE TRIGGER changes_of_shifts_updated AFTER UPDATE ON shifts
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES ('shift', new.id, NULL, NULL, NULL, new.starts_at);
END;

CREATE TRIGGER changes_of_shifts_moved AFTER UPDATE OF id, starts_at ON shifts
WHEN old.id COLLATE BINARY IS NOT new.id
    OR old.starts_at COLLATE BINARY IS NOT new.starts_at
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES ('shift', old.id, NULL, NULL, NULL, old.starts_at);
END;

CREATE TRIGGER changes_of_shifts_deleted AFTER DELETE ON shifts
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES ('shift', old.id, NULL, NULL, NULL, old.starts_at);
END;

CREATE TRIGGER changes_of_clients_inserted AFTER INSERT ON clients
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES ('directory', NULL, NULL, NULL, NULL, NULL);
END;

CREATE TRIGGER changes_of_clients_updated AFTER UPDATE ON clients
WHEN old.id COLLATE BINARY IS NOT new.id
    OR old.name COLLATE BINARY IS NOT new.name
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES ('directory', NULL, NULL, NULL, NULL, NULL);
END;

CREATE TRIGGER changes_of_clients_deleted AFTER DELETE ON clients
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES ('directory', NULL, NULL, NULL, NULL, NULL);
END;

CREATE TRIGGER changes_of_teams_inserted AFTER INSERT ON teams
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES ('directory', NULL, NULL, NULL, NULL, NULL);
END;

CREATE TRIGGER changes_of_teams_deleted AFTER DELETE ON teams
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES ('directory', NULL, NULL, NULL, NULL, NULL);
END;

CREATE TRIGGER changes_of_agents_inserted AFTER INSERT ON agents
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES ('directory', NULL, NULL, NULL, NULL, NULL);
END;

CREATE TRIGGER changes_of_agents_updated AFTER UPDATE ON agents
WHEN old.id COLLATE BINARY IS NOT new.id
    OR old.login COLLATE BINARY IS NOT new.login
    OR old.name COLLATE BINARY IS NOT new.name
    OR old.team_id COLLATE BINARY IS NOT new.team_id
    OR old.active COLLATE BINARY IS NOT new.active
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES ('directory', NULL, NULL, NULL, NULL, NULL);
END;

CREATE TRIGGER changes_of_agents_deleted AFTER DELETE ON agents
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES ('directory', NULL, NULL, NULL, NULL, NULL);
END;

CREATE TRIGGER changes_of_queues_inserted AFTER INSERT ON queues
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES ('directory', NULL, NULL, NULL, NULL, NULL);
END;

CREATE TRIGGER changes_of_queues_deleted AFTER DELETE ON queues
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES ('directory', NULL, NULL, NULL, NULL, NULL);
END;

CREATE TRIGGER changes_of_campaigns_inserted AFTER INSERT ON campaigns
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES ('directory', NULL, NULL, NULL, NULL, NULL);
END;

CREATE TRIGGER changes_of_campaigns_updated AFTER UPDATE ON campaigns
WHEN old.id COLLATE BINARY IS NOT new.id
    OR old.name COLLATE BINARY IS NOT new.name
    OR old.client_id COLLATE BINARY IS NOT new.client_id
    OR old.purpose COLLATE BINARY IS NOT new.purpose
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES ('directory', NULL, NULL, NULL, NULL, NULL);
END;

CREATE TRIGGER changes_of_campaigns_deleted AFTER DELETE ON campaigns
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES ('directory', NULL, NULL, NULL, NULL, NULL);
END;

CREATE TRIGGER changes_of_quotas_inserted AFTER INSERT ON quotas
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES ('directory', NULL, NULL, NULL, NULL, NULL);
END;

CREATE TRIGGER changes_of_quotas_updated AFTER UPDATE ON quotas
WHEN old.scope COLLATE BINARY IS NOT new.scope
    OR old.scope_id COLLATE BINARY IS NOT new.scope_id
    OR old.period COLLATE BINARY IS NOT new.period
    OR old.starts_on COLLATE BINARY IS NOT new.starts_on
    OR old.sales COLLATE BINARY IS NOT new.sales
    OR old.revenue_cents COLLATE BINARY IS NOT new.revenue_cents
    OR old.conversion COLLATE BINARY IS NOT new.conversion
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES ('directory', NULL, NULL, NULL, NULL, NULL);
END;

CREATE TRIGGER changes_of_quotas_deleted AFTER DELETE ON quotas
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES ('directory', NULL, NULL, NULL, NULL, NULL);
END;

CREATE TRIGGER changes_of_pause_reasons_inserted AFTER INSERT ON pause_reasons
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES ('directory', NULL, NULL, NULL, NULL, NULL);
END;

CREATE TRIGGER changes_of_pause_reasons_updated AFTER UPDATE ON pause_reasons
WHEN old.reason COLLATE BINARY IS NOT new.reason
    OR old.limit_ms COLLATE BINARY IS NOT new.limit_ms
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES ('directory', NULL, NULL, NULL, NULL, NULL);
END;

CREATE TRIGGER changes_of_pause_reasons_deleted AFTER DELETE ON pause_reasons
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES ('directory', NULL, NULL, NULL, NULL, NULL);
END;

CREATE TABLE purchase_days (
    customer_id INTEGER NOT NULL,
    day_at INTEGER NOT NULL,                                -- business_days.starts_at
    orders INTEGER NOT NULL DEFAULT 0,                      -- that stand
    previous_at INTEGER,                                    -- the customer's day before; NULL: this is the first
    PRIMARY KEY (customer_id, day_at)
) STRICT, WITHOUT ROWID;

CREATE INDEX purchase_days_by_day ON purchase_days (day_at, previous_at);

CREATE TABLE customer_purchases (
    customer_id INTEGER PRIMARY KEY,
    purchases INTEGER NOT NULL,
    first_at INTEGER NOT NULL,
    second_at INTEGER,
    last_at INTEGER NOT NULL,
    third_last_at INTEGER,
    once_loyal INTEGER NOT NULL                             -- 1: has bought three times within 365 days
) STRICT;

CREATE INDEX customer_purchases_once ON customer_purchases (first_at) WHERE purchases = 1;

CREATE TABLE buyer_days (
    day_at INTEGER PRIMARY KEY,                             -- business_days.starts_at
    first_buyers INTEGER NOT NULL DEFAULT 0,                -- customers whose first purchase was on the day
    repeated INTEGER NOT NULL DEFAULT 0,                    -- of these, who bought again within 90 days
    last_buyers INTEGER NOT NULL DEFAULT 0,                 -- customers whose last purchase was on the day
    one_time INTEGER NOT NULL DEFAULT 0,                    -- of these, for whom it was the only one
    once_loyal INTEGER NOT NULL DEFAULT 0,                  -- of these, who had once bought three times within 365 days
    third_last_buyers INTEGER NOT NULL DEFAULT 0            -- customers whose last purchase but two was on the day
) STRICT;

CREATE TABLE purchase_gaps (
    gap_days INTEGER PRIMARY KEY,                           -- from a purchase of a customer to the next
    gaps INTEGER NOT NULL DEFAULT 0,
    first_gaps INTEGER NOT NULL DEFAULT 0                   -- of these, from the first purchase to the second
) STRICT;

CREATE INDEX sales_by_cancellation ON sales (cancelled_at) WHERE cancelled_at IS NOT NULL;

CREATE TRIGGER purchase_days_inserted AFTER INSERT ON purchase_days
BEGIN
    UPDATE purchase_days SET previous_at = (
        SELECT max(day_at) FROM purchase_days WHERE customer_id = new.customer_id AND day_at < new.day_at)
    WHERE customer_id = new.customer_id AND day_at = new.day_at;
    UPDATE purchase_days SET previous_at = new.day_at
    WHERE customer_id = new.customer_id AND day_at = (
        SELECT min(day_at) FROM purchase_days WHERE customer_id = new.customer_id AND day_at > new.day_at);
    INSERT INTO customer_purchases (customer_id, purchases, first_at, last_at, once_loyal)
    VALUES (new.customer_id, 1, new.day_at, new.day_at, 0)
    ON CONFLICT (customer_id) DO UPDATE SET
        purchases = purchases + 1,
        first_at = min(first_at, new.day_at),
        second_at = (
            SELECT day_at FROM purchase_days WHERE customer_id = new.customer_id ORDER BY day_at LIMIT 1 OFFSET 1),
        last_at = max(last_at, new.day_at),
        third_last_at = (
            SELECT day_at FROM purchase_days WHERE customer_id = new.customer_id ORDER BY day_at DESC LIMIT 1 OFFSET 2),
        once_loyal = once_loyal OR EXISTS (
            SELECT 1 FROM purchase_days AS third JOIN purchase_days AS second
                ON second.customer_id = third.customer_id AND second.day_at = third.previous_at
            WHERE third.customer_id = new.customer_id AND third.day_at >= new.day_at
                AND (third.day_at - second.previous_at + 43200000) / 86400000 < 365);
END;

CREATE TRIGGER purchase_days_deleted AFTER DELETE ON purchase_days
BEGIN
    UPDATE purchase_gaps SET gaps = gaps - 1 WHERE gap_days = (old.day_at - old.previous_at + 43200000) / 86400000;
    UPDATE purchase_days SET previous_at = old.previous_at
    WHERE customer_id = old.customer_id AND day_at = (
        SELECT min(day_at) FROM purchase_days WHERE customer_id = old.customer_id AND day_at > old.day_at);
    DELETE FROM customer_purchases WHERE customer_id = old.customer_id AND purchases = 1;
    UPDATE customer_purchases SET
        purchases = purchases - 1,
        first_at = (SELECT min(day_at) FROM purchase_days WHERE customer_id = old.customer_id),
        second_at = (
            SELECT day_at FROM purchase_days WHERE customer_id = old.customer_id ORDER BY day_at LIMIT 1 OFFSET 1),
        last_at = (SELECT max(day_at) FROM purchase_days WHERE customer_id = old.customer_id),
        third_last_at = (
            SELECT day_at FROM purchase_days WHERE customer_id = old.customer_id ORDER BY day_at DESC LIMIT 1 OFFSET 2),
        once_loyal = once_loyal AND EXISTS (
            SELECT 1 FROM purchase_days AS third JOIN purchase_days AS second
                ON second.customer_id = third.customer_id AND second.day_at = third.previous_at
            WHERE third.customer_id = old.customer_id
                AND (third.day_at - second.previous_at + 43200000) / 86400000 < 365)
    WHERE customer_id = old.customer_id;
END;

CREATE TRIGGER purchase_days_follow_another AFTER UPDATE OF previous_at ON purchase_days
WHEN old.previous_at IS NOT new.previous_at
BEGIN
    UPDATE purchase_gaps SET gaps = gaps - 1 WHERE gap_days = (old.day_at - old.previous_at + 43200000) / 86400000;
    INSERT INTO purchase_gaps (gap_days, gaps)
    SELECT (new.day_at - new.previous_at + 43200000) / 86400000, 1 WHERE new.previous_at IS NOT NULL
    ON CONFLICT (gap_days) DO UPDATE SET gaps = gaps + 1;
END;

CREATE VIEW count_buyer (
    sign, purchases, first_at, second_at, last_at, third_last_at, once_loyal
) AS SELECT
    NULL, NULL, NULL, NULL, NULL, NULL, NULL
WHERE 0;

CREATE TRIGGER count_buyer_in_buyer_days INSTEAD OF INSERT ON count_buyer
BEGIN
    INSERT INTO buyer_days (day_at, first_buyers, repeated)
    VALUES (new.first_at, new.sign, iif((new.second_at - new.first_at + 43200000) / 86400000 <= 90, new.sign, 0))
    ON CONFLICT (day_at) DO UPDATE SET
        first_buyers = first_buyers + excluded.first_buyers, repeated = repeated + excluded.repeated;
    INSERT INTO buyer_days (day_at, last_buyers, one_time, once_loyal)
    VALUES (new.last_at, new.sign, iif(new.purchases = 1, new.sign, 0), new.sign * new.once_loyal)
    ON CONFLICT (day_at) DO UPDATE SET last_buyers = last_buyers + excluded.last_buyers,
        one_time = one_time + excluded.one_time, once_loyal = once_loyal + excluded.once_loyal;
    INSERT INTO buyer_days (day_at, third_last_buyers) SELECT new.third_last_at, new.sign WHERE new.third_last_at IS NOT NULL
    ON CONFLICT (day_at) DO UPDATE SET third_last_buyers = third_last_buyers + excluded.third_last_buyers;
    INSERT INTO purchase_gaps (gap_days, first_gaps)
    SELECT (new.second_at - new.first_at + 43200000) / 86400000, new.sign WHERE new.second_at IS NOT NULL
    ON CONFLICT (gap_days) DO UPDATE SET first_gaps = first_gaps + excluded.first_gaps;
END;

CREATE TRIGGER customer_purchases_inserted AFTER INSERT ON customer_purchases
BEGIN
    INSERT INTO count_buyer VALUES (
        1, new.purchases, new.first_at, new.second_at, new.last_at, new.third_last_at, new.once_loyal);
END;

CREATE TRIGGER customer_purchases_updated AFTER UPDATE ON customer_purchases
BEGIN
    INSERT INTO count_buyer VALUES (
        -1, old.purchases, old.first_at, old.second_at, old.last_at, old.third_last_at, old.once_loyal);
    INSERT INTO count_buyer VALUES (
        1, new.purchases, new.first_at, new.second_at, new.last_at, new.third_last_at, new.once_loyal);
END;

CREATE TRIGGER customer_purchases_deleted AFTER DELETE ON customer_purchases
BEGIN
    INSERT INTO count_buyer VALUES (
        -1, old.purchases, old.first_at, old.second_at, old.last_at, old.third_last_at, old.once_loyal);
END;

CREATE VIEW count_sale (
    sign, day_at, id, call_id, agent_id, campaign_id, customer_id, sold_at, amount_cents, currency, cancelled_at
) AS SELECT
    NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL
WHERE 0;

CREATE TABLE replaced_sales (
    id INTEGER PRIMARY KEY,
    call_id ANY,
    agent_id ANY,
    campaign_id ANY,
    customer_id ANY,
    sold_at ANY,
    amount_cents ANY,
    currency ANY,
    cancelled_at ANY
) STRICT;

CREATE TRIGGER changes_of_sales_replaced AFTER INSERT ON replaced_sales
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES ('sale', new.id, new.agent_id, NULL, new.campaign_id, new.sold_at);
END;

CREATE TRIGGER sales_inserting BEFORE INSERT ON sales
WHEN EXISTS (SELECT 1 FROM sales WHERE id = new.id)
    OR EXISTS (SELECT 1 FROM sales WHERE reference = new.reference)
BEGIN
    DELETE FROM replaced_sales;
    INSERT INTO replaced_sales SELECT
        id, call_id, agent_id, campaign_id, customer_id, sold_at, amount_cents, currency, cancelled_at
    FROM sales WHERE id = new.id OR reference = new.reference;
END;

CREATE TRIGGER sales_replaced AFTER INSERT ON sales
WHEN EXISTS (SELECT 1 FROM replaced_sales)
BEGIN
    INSERT INTO count_sale SELECT
        -1, (SELECT iif(gone.sold_at < ends_at, starts_at, NULL) FROM business_days
            WHERE starts_at <= gone.sold_at ORDER BY starts_at DESC LIMIT 1),
        new.id, gone.call_id, gone.agent_id, gone.campaign_id, gone.customer_id, gone.sold_at, gone.amount_cents,
        gone.currency, gone.cancelled_at
    FROM replaced_sales AS gone
    WHERE gone.id = new.id OR NOT EXISTS (SELECT 1 FROM sales AS kept WHERE kept.id = gone.id);
    DELETE FROM replaced_sales;
END;

CREATE TRIGGER sales_inserted AFTER INSERT ON sales
BEGIN
    INSERT INTO count_sale VALUES (
        1, (SELECT iif(new.sold_at < ends_at, starts_at, NULL) FROM business_days
            WHERE starts_at <= new.sold_at ORDER BY starts_at DESC LIMIT 1),
        new.id, new.call_id, new.agent_id, new.campaign_id, new.customer_id, new.sold_at, new.amount_cents,
        new.currency, new.cancelled_at
    );
END;

CREATE TRIGGER sales_deleted AFTER DELETE ON sales
BEGIN
    DELETE FROM replaced_sales WHERE id = old.id;
    INSERT INTO count_sale VALUES (
        -1, (SELECT iif(old.sold_at < ends_at, starts_at, NULL) FROM business_days
            WHERE starts_at <= old.sold_at ORDER BY starts_at DESC LIMIT 1),
        old.id, old.call_id, old.agent_id, old.campaign_id, old.customer_id, old.sold_at, old.amount_cents,
        old.currency, old.cancelled_at
    );
END;

CREATE TRIGGER count_sale_in_purchase_days INSTEAD OF INSERT ON count_sale
WHEN new.day_at IS NOT NULL AND new.cancelled_at IS NULL AND new.customer_id IS NOT NULL
BEGIN
    INSERT INTO purchase_days (
        customer_id, day_at, orders
    )
    VALUES (
        new.customer_id,
        new.day_at,
        new.sign
    )
    ON CONFLICT (customer_id, day_at) DO UPDATE SET
        orders = orders + excluded.orders;
    DELETE FROM purchase_days
    WHERE new.sign < 0 AND customer_id = new.customer_id AND day_at = new.day_at AND orders = 0;
END;

CREATE TABLE imported_records (
    id INTEGER PRIMARY KEY,
    source_id INTEGER NOT NULL REFERENCES sources (id),
    first_at INTEGER NOT NULL,
    last_at INTEGER NOT NULL,
    lines INTEGER NOT NULL,
    content BLOB                                            -- NULL: what follows is not kept
) STRICT;

CREATE INDEX imported_records_by_moment ON imported_records (source_id, first_at, last_at);

CREATE TABLE imported_states (
    source_id INTEGER NOT NULL REFERENCES sources (id),
    at INTEGER NOT NULL,
    carried TEXT NOT NULL,
    PRIMARY KEY (source_id, at)
) STRICT, WITHOUT ROWID;

CREATE TABLE counted_answers (
    since_at INTEGER NOT NULL,                              -- start of the call, or the answer where that is earlier
    survey_id INTEGER NOT NULL,                             -- surveys.id
    answered_at INTEGER NOT NULL,
    queue_id INTEGER,
    agent_id INTEGER,                                       -- who is credited; NULL: nobody
    question TEXT NOT NULL,
    scale INTEGER NOT NULL,
    score INTEGER NOT NULL,
    PRIMARY KEY (since_at, survey_id)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX counted_answers_by_survey ON counted_answers (survey_id);

CREATE TABLE counted_invitations (
    since_at INTEGER NOT NULL,                              -- start of the call, or the invitation where that is earlier
    invitation_id INTEGER NOT NULL,                         -- survey_invitations.id
    sent_at INTEGER NOT NULL,
    queue_id INTEGER,
    agent_id INTEGER,
    answered INTEGER NOT NULL,                              -- 1: the call has an answer
    PRIMARY KEY (since_at, invitation_id)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX counted_invitations_by_invitation ON counted_invitations (invitation_id);

CREATE INDEX survey_invitations_by_call ON survey_invitations (call_id) WHERE call_id IS NOT NULL;

CREATE VIEW count_answers_of (call_id, survey_id, invitation_id) AS SELECT NULL, NULL, NULL WHERE 0;

CREATE TABLE replaced_answers (call_id INTEGER, survey_id INTEGER, invitation_id INTEGER) STRICT;

CREATE TRIGGER count_answers_of_call INSTEAD OF INSERT ON count_answers_of
BEGIN
    DELETE FROM counted_answers
    WHERE survey_id = new.survey_id OR survey_id IN (SELECT id FROM surveys WHERE call_id = new.call_id);
    INSERT INTO counted_answers (survey_id, since_at, answered_at, queue_id, agent_id, question, scale, score)
    SELECT s.id AS survey_id, min(s.answered_at, coalesce(c.entered_at, s.answered_at)) AS since_at, s.answered_at,
        c.queue_id AS queue_id, iif(
            c.id IS NULL OR (c.ended_at - c.answered_at >= 10000 AND NOT EXISTS (
                SELECT 1 FROM calls AS o
                WHERE o.source = c.source AND o.call_id = c.call_id AND o.served_at IS NOT NULL
                    AND o.agent_id <> coalesce(s.agent_id, c.agent_id))),
            coalesce(s.agent_id, c.agent_id), NULL) AS agent_id,
        s.question, s.scale, s.score
    FROM surveys AS s LEFT JOIN calls AS c ON c.id = s.call_id
    WHERE (s.id = new.survey_id OR s.call_id = new.call_id) AND (s.call_id IS NULL OR NOT EXISTS (
        SELECT 1 FROM surveys AS l
        WHERE l.call_id = s.call_id AND l.question = s.question AND l.answered_at IS NOT NULL
            AND (l.answered_at > s.answered_at OR (l.answered_at = s.answered_at AND l.id > s.id))));
    DELETE FROM counted_invitations
    WHERE invitation_id = new.invitation_id
        OR invitation_id IN (SELECT id FROM survey_invitations WHERE call_id = new.call_id);
    INSERT INTO counted_invitations (invitation_id, since_at, sent_at, queue_id, agent_id, answered)
    SELECT i.id AS invitation_id, min(i.sent_at, coalesce(c.entered_at, i.sent_at)) AS since_at, i.sent_at,
        c.queue_id AS queue_id, coalesce(i.agent_id, c.agent_id) AS agent_id, EXISTS (
            SELECT 1 FROM surveys AS s WHERE s.call_id = i.call_id AND s.answered_at IS NOT NULL) AS answered
    FROM survey_invitations AS i LEFT JOIN calls AS c ON c.id = i.call_id
    WHERE (i.id = new.invitation_id OR i.call_id = new.call_id) AND i.delivered = 1;
END;

CREATE TRIGGER surveys_answers_replaced BEFORE INSERT ON surveys
WHEN EXISTS (SELECT 1 FROM surveys WHERE id = new.id)
    OR EXISTS (SELECT 1 FROM surveys WHERE reference = new.reference)
BEGIN
    INSERT INTO replaced_answers (call_id, survey_id)
    SELECT call_id, id FROM surveys WHERE id = new.id OR reference = new.reference;
END;

CREATE TRIGGER surveys_answers_taken BEFORE UPDATE OF id, reference ON surveys
WHEN old.id IS NOT new.id OR old.reference IS NOT new.reference
BEGIN
    INSERT INTO replaced_answers (call_id, survey_id)
    SELECT call_id, id FROM surveys WHERE id = new.id OR reference = new.reference;
END;

CREATE TRIGGER surveys_answers_inserted AFTER INSERT ON surveys
BEGIN
    INSERT INTO count_answers_of (call_id, survey_id) VALUES (new.call_id, new.id);
    INSERT INTO count_answers_of SELECT * FROM replaced_answers;
    DELETE FROM replaced_answers;
END;

CREATE TRIGGER surveys_answers_updated AFTER UPDATE ON surveys
BEGIN
    INSERT INTO count_answers_of (call_id, survey_id) VALUES (old.call_id, old.id), (new.call_id, new.id);
    INSERT INTO count_answers_of SELECT * FROM replaced_answers;
    DELETE FROM replaced_answers;
END;

CREATE TRIGGER surveys_answers_deleted AFTER DELETE ON surveys
BEGIN
    INSERT INTO count_answers_of (call_id, survey_id) VALUES (old.call_id, old.id);
END;

CREATE TRIGGER survey_invitations_answers_replaced BEFORE INSERT ON survey_invitations
WHEN EXISTS (SELECT 1 FROM survey_invitations WHERE id = new.id)
    OR EXISTS (SELECT 1 FROM survey_invitations WHERE reference = new.reference)
BEGIN
    INSERT INTO replaced_answers (call_id, invitation_id)
    SELECT call_id, id FROM survey_invitations WHERE id = new.id OR reference = new.reference;
END;

CREATE TRIGGER survey_invitations_answers_taken BEFORE UPDATE OF id, reference ON survey_invitations
WHEN old.id IS NOT new.id OR old.reference IS NOT new.reference
BEGIN
    INSERT INTO replaced_answers (call_id, invitation_id)
    SELECT call_id, id FROM survey_invitations WHERE id = new.id OR reference = new.reference;
END;

CREATE TRIGGER survey_invitations_answers_inserted AFTER INSERT ON survey_invitations
BEGIN
    INSERT INTO count_answers_of (call_id, invitation_id) VALUES (new.call_id, new.id);
    INSERT INTO count_answers_of SELECT * FROM replaced_answers;
    DELETE FROM replaced_answers;
END;

CREATE TRIGGER survey_invitations_answers_updated AFTER UPDATE ON survey_invitations
BEGIN
    INSERT INTO count_answers_of (call_id, invitation_id) VALUES (old.call_id, old.id), (new.call_id, new.id);
    INSERT INTO count_answers_of SELECT * FROM replaced_answers;
    DELETE FROM replaced_answers;
END;

CREATE TRIGGER survey_invitations_answers_deleted AFTER DELETE ON survey_invitations
BEGIN
    INSERT INTO count_answers_of (call_id, invitation_id) VALUES (old.call_id, old.id);
END;

CREATE TRIGGER calls_answers_inserted AFTER INSERT ON calls
WHEN EXISTS (
        SELECT 1 FROM calls AS o
        WHERE o.source = new.source AND o.call_id = new.call_id
            AND (EXISTS (SELECT 1 FROM surveys WHERE call_id = o.id)
                OR EXISTS (SELECT 1 FROM survey_invitations WHERE call_id = o.id)))
BEGIN
    INSERT INTO count_answers_of
    SELECT id, NULL, NULL FROM calls WHERE source = new.source AND call_id = new.call_id
    UNION SELECT new.id, NULL, NULL;
END;

CREATE TRIGGER calls_answers_updated AFTER UPDATE OF
    queue_id, agent_id, entered_at, answered_at, ended_at, outcome
ON calls
WHEN EXISTS (
        SELECT 1 FROM calls AS o
        WHERE o.source = new.source AND o.call_id = new.call_id
            AND (EXISTS (SELECT 1 FROM surveys WHERE call_id = o.id)
                OR EXISTS (SELECT 1 FROM survey_invitations WHERE call_id = o.id)))
BEGIN
    INSERT INTO count_answers_of
    SELECT id, NULL, NULL FROM calls WHERE source = new.source AND call_id = new.call_id
    UNION SELECT new.id, NULL, NULL;
END;

CREATE TRIGGER calls_answers_moved AFTER UPDATE OF id, source, call_id ON calls
WHEN old.id IS NOT new.id OR old.source IS NOT new.source OR old.call_id IS NOT new.call_id
BEGIN
    INSERT INTO count_answers_of
    SELECT id, NULL, NULL FROM calls WHERE source = old.source AND call_id = old.call_id
    UNION SELECT old.id, NULL, NULL;
    INSERT INTO count_answers_of
    SELECT id, NULL, NULL FROM calls WHERE source = new.source AND call_id = new.call_id
    UNION SELECT new.id, NULL, NULL;
END;

CREATE TRIGGER calls_answers_deleted AFTER DELETE ON calls
WHEN EXISTS (
        SELECT 1 FROM calls AS o
        WHERE o.source = old.source AND o.call_id = old.call_id
            AND (EXISTS (SELECT 1 FROM surveys WHERE call_id = o.id)
                OR EXISTS (SELECT 1 FROM survey_invitations WHERE call_id = o.id)))
    OR EXISTS (SELECT 1 FROM surveys WHERE call_id = old.id)
    OR EXISTS (SELECT 1 FROM survey_invitations WHERE call_id = old.id)
BEGIN
    INSERT INTO count_answers_of
    SELECT id, NULL, NULL FROM calls WHERE source = old.source AND call_id = old.call_id
    UNION SELECT old.id, NULL, NULL;
END;

CREATE TRIGGER calls_answers_replaced AFTER INSERT ON replaced_calls
BEGIN
    INSERT INTO replaced_answers (call_id)
    SELECT o.id FROM calls AS gone JOIN calls AS o ON o.source = gone.source AND o.call_id = gone.call_id
    WHERE gone.id = new.id;
END;

CREATE TRIGGER calls_answers_followed AFTER DELETE ON replaced_calls
BEGIN
    INSERT INTO count_answers_of SELECT * FROM replaced_answers;
    DELETE FROM replaced_answers;
END;

CREATE TRIGGER changes_of_call_reasons_inserted AFTER INSERT ON call_reasons
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES ('call_reason', new.call_id, NULL, NULL, NULL, (SELECT entered_at FROM calls WHERE id = new.call_id));
    DELETE FROM changes WHERE new.call_id % 256 = 0 AND id <= (SELECT max(id) - 4096 FROM changes);
END;

CREATE TRIGGER changes_of_call_reasons_updated AFTER UPDATE ON call_reasons
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES ('call_reason', new.call_id, NULL, NULL, NULL, (SELECT entered_at FROM calls WHERE id = new.call_id));
END;

CREATE TRIGGER changes_of_call_reasons_moved AFTER UPDATE OF call_id, reason_id ON call_reasons
WHEN old.call_id COLLATE BINARY IS NOT new.call_id
    OR old.reason_id COLLATE BINARY IS NOT new.reason_id
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES ('call_reason', old.call_id, NULL, NULL, NULL, (SELECT entered_at FROM calls WHERE id = old.call_id));
END;

CREATE TRIGGER changes_of_call_reasons_deleted AFTER DELETE ON call_reasons
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES ('call_reason', old.call_id, NULL, NULL, NULL, (SELECT entered_at FROM calls WHERE id = old.call_id));
END;

CREATE TRIGGER changes_of_contact_reasons_inserted AFTER INSERT ON contact_reasons
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES ('directory', NULL, NULL, NULL, NULL, NULL);
END;

CREATE TRIGGER changes_of_contact_reasons_updated AFTER UPDATE ON contact_reasons
WHEN old.id COLLATE BINARY IS NOT new.id
    OR old.name COLLATE BINARY IS NOT new.name
    OR old.product COLLATE BINARY IS NOT new.product
    OR old.is_problem COLLATE BINARY IS NOT new.is_problem
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES ('directory', NULL, NULL, NULL, NULL, NULL);
END;

CREATE TRIGGER changes_of_contact_reasons_deleted AFTER DELETE ON contact_reasons
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES ('directory', NULL, NULL, NULL, NULL, NULL);
END;

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

CREATE TABLE stored_parts (
    part TEXT PRIMARY KEY,
    made_of BLOB NOT NULL,                                  -- hour, site and what else the part rests on; MessagePack
    fields BLOB NOT NULL                                    -- MessagePack
) STRICT;

CREATE TABLE stored_part_checks (
    part TEXT PRIMARY KEY,                                  -- stored_parts.part; a part without a row here does not hold
    read_to INTEGER NOT NULL                                -- changes.id: no row up to this one touches the part
) STRICT, WITHOUT ROWID;

CREATE VIEW count_converted (call_id) AS SELECT NULL WHERE 0;

CREATE TRIGGER calls_sales_replaced AFTER DELETE ON replaced_calls
WHEN EXISTS (SELECT 1 FROM sales WHERE call_id = old.id)
BEGIN
    INSERT INTO count_converted VALUES (old.id);
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
        iif(new.call_id IS NOT NULL AND (coalesce((SELECT iif(call.direction = 'inbound', (SELECT purpose FROM queues WHERE id = call.queue_id) = 'sales', true) IS true FROM calls AS call WHERE call.id = new.call_id), true)) AND NOT EXISTS (
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

CREATE TRIGGER count_sale_in_campaign_days INSTEAD OF INSERT ON count_sale
WHEN new.day_at IS NOT NULL AND new.cancelled_at IS NULL AND new.campaign_id IS NOT NULL
BEGIN
    INSERT INTO campaign_days (
        day_at, campaign_id, converted, sales, revenue_cents
    )
    VALUES (
        new.day_at,
        new.campaign_id,
        iif(new.call_id IS NOT NULL AND (coalesce((SELECT (call.direction = 'outbound') IS true FROM calls AS call WHERE call.id = new.call_id), true)) AND NOT EXISTS (
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
    INSERT INTO agent_days (day_at, agent_id, converted)
    SELECT day.starts_at,
        coalesce(sale.agent_id, 0),
        count(DISTINCT sale.call_id) FILTER (WHERE (coalesce((SELECT iif(call.direction = 'inbound', (SELECT purpose FROM queues WHERE id = call.queue_id) = 'sales', true) IS true FROM calls AS call WHERE call.id = sale.call_id), true))) + count(*) FILTER (WHERE sale.call_id IS NULL)
    FROM business_days AS day CROSS JOIN sales AS sale INDEXED BY sales_by_moment
        ON sale.sold_at >= day.starts_at AND sale.sold_at < day.ends_at
    WHERE day.starts_at >= 0 AND day.starts_at < 4611686018427387904
        AND sale.cancelled_at IS NULL AND true
    GROUP BY 1, 2
    ON CONFLICT (day_at, agent_id) DO UPDATE SET
        converted = excluded.converted;
END;

CREATE TRIGGER count_converted_again INSTEAD OF INSERT ON count_converted
BEGIN
    INSERT INTO agent_days (day_at, agent_id, converted)
    SELECT day.starts_at,
        coalesce(sale.agent_id, 0),
        count(DISTINCT sale.call_id) FILTER (WHERE (coalesce((SELECT iif(call.direction = 'inbound', (SELECT purpose FROM queues WHERE id = call.queue_id) = 'sales', true) IS true FROM calls AS call WHERE call.id = sale.call_id), true))) + count(*) FILTER (WHERE sale.call_id IS NULL)
    FROM business_days AS day CROSS JOIN sales AS sale INDEXED BY sales_by_moment
        ON sale.sold_at >= day.starts_at AND sale.sold_at < day.ends_at
    WHERE day.starts_at >= coalesce((SELECT max(starts_at) FROM business_days WHERE starts_at <= (SELECT min(sold_at) FROM sales WHERE call_id = new.call_id)), 0) AND day.starts_at < (SELECT max(sold_at) + 1 FROM sales WHERE call_id = new.call_id)
        AND sale.cancelled_at IS NULL AND coalesce(sale.agent_id, 0) IN (SELECT coalesce(sale.agent_id, 0) FROM sales AS sale WHERE sale.call_id = new.call_id)
    GROUP BY 1, 2
    ON CONFLICT (day_at, agent_id) DO UPDATE SET
        converted = excluded.converted;
    INSERT INTO campaign_days (day_at, campaign_id, converted)
    SELECT day.starts_at,
        sale.campaign_id,
        count(DISTINCT sale.call_id) FILTER (WHERE (coalesce((SELECT (call.direction = 'outbound') IS true FROM calls AS call WHERE call.id = sale.call_id), true))) + count(*) FILTER (WHERE sale.call_id IS NULL)
    FROM business_days AS day CROSS JOIN sales AS sale INDEXED BY sales_by_moment
        ON sale.sold_at >= day.starts_at AND sale.sold_at < day.ends_at
    WHERE day.starts_at >= coalesce((SELECT max(starts_at) FROM business_days WHERE starts_at <= (SELECT min(sold_at) FROM sales WHERE call_id = new.call_id)), 0) AND day.starts_at < (SELECT max(sold_at) + 1 FROM sales WHERE call_id = new.call_id)
        AND sale.cancelled_at IS NULL AND sale.campaign_id IS NOT NULL AND sale.campaign_id IN (SELECT sale.campaign_id FROM sales AS sale WHERE sale.call_id = new.call_id)
    GROUP BY 1, 2
    ON CONFLICT (day_at, campaign_id) DO UPDATE SET
        converted = excluded.converted;
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    SELECT 'sale', gone.id, gone.agent_id, NULL, gone.campaign_id, gone.sold_at
    FROM sales AS gone WHERE call_id = new.call_id;
END;

CREATE TRIGGER calls_sales_inserted AFTER INSERT ON calls
WHEN EXISTS (SELECT 1 FROM sales WHERE call_id = new.id)
BEGIN
    INSERT INTO count_converted VALUES (new.id);
END;

CREATE TRIGGER calls_sales_updated AFTER UPDATE OF id, direction, queue_id ON calls
WHEN (old.id, old.direction, old.queue_id) IS NOT (new.id, new.direction, new.queue_id)
    AND EXISTS (SELECT 1 FROM sales WHERE call_id IN (old.id, new.id))
BEGIN
    INSERT INTO count_converted VALUES (new.id);
    INSERT INTO count_converted SELECT old.id WHERE old.id <> new.id;
END;

CREATE TRIGGER calls_sales_deleted AFTER DELETE ON calls
WHEN EXISTS (SELECT 1 FROM sales WHERE call_id = old.id)
BEGIN
    INSERT INTO count_converted VALUES (old.id);
END;

CREATE TRIGGER changes_of_counted_answers_inserted AFTER INSERT ON counted_answers
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES ('answer', new.survey_id, NULL, NULL, NULL, new.since_at);
    DELETE FROM changes WHERE new.survey_id % 256 = 0 AND id <= (SELECT max(id) - 4096 FROM changes);
END;

CREATE TRIGGER changes_of_counted_answers_updated AFTER UPDATE ON counted_answers
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES ('answer', new.survey_id, NULL, NULL, NULL, new.since_at);
END;

CREATE TRIGGER changes_of_counted_answers_moved AFTER UPDATE OF survey_id, since_at ON counted_answers
WHEN old.survey_id COLLATE BINARY IS NOT new.survey_id
    OR old.since_at COLLATE BINARY IS NOT new.since_at
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES ('answer', old.survey_id, NULL, NULL, NULL, old.since_at);
END;

CREATE TRIGGER changes_of_counted_answers_deleted AFTER DELETE ON counted_answers
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES ('answer', old.survey_id, NULL, NULL, NULL, old.since_at);
END;

CREATE TRIGGER changes_of_counted_invitations_inserted AFTER INSERT ON counted_invitations
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES ('invitation', new.invitation_id, NULL, NULL, NULL, new.since_at);
    DELETE FROM changes WHERE new.invitation_id % 256 = 0 AND id <= (SELECT max(id) - 4096 FROM changes);
END;

CREATE TRIGGER changes_of_counted_invitations_updated AFTER UPDATE ON counted_invitations
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES ('invitation', new.invitation_id, NULL, NULL, NULL, new.since_at);
END;

CREATE TRIGGER changes_of_counted_invitations_moved AFTER UPDATE OF invitation_id, since_at ON counted_invitations
WHEN old.invitation_id COLLATE BINARY IS NOT new.invitation_id
    OR old.since_at COLLATE BINARY IS NOT new.since_at
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES ('invitation', old.invitation_id, NULL, NULL, NULL, old.since_at);
END;

CREATE TRIGGER changes_of_counted_invitations_deleted AFTER DELETE ON counted_invitations
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES ('invitation', old.invitation_id, NULL, NULL, NULL, old.since_at);
END;

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

CREATE TABLE configuration_changes (
    id INTEGER PRIMARY KEY,
    changed_at INTEGER NOT NULL,                            -- floor time
    who TEXT NOT NULL,                                      -- account of the person
    act TEXT NOT NULL,                                      -- config set, setup, import of quotas, ...
    kind TEXT NOT NULL CHECK (kind IN ('value', 'added', 'removed', 'restored')),
    name TEXT NOT NULL,                                     -- as in ccmon config show; of a copy that was restored its file
    before TEXT,                                            -- the value as ccmon config writes it; NULL: none
    after TEXT,
    holds_from TEXT                                         -- ISO date; NULL: at once
) STRICT;

CREATE TABLE unknown_events (
    source TEXT NOT NULL,                                   -- sources.name
    event TEXT NOT NULL,                                    -- as the source names it; '…': all beyond the first hundred
    records INTEGER NOT NULL,
    PRIMARY KEY (source, event)
) STRICT, WITHOUT ROWID;

CREATE INDEX calls_of_later_visits ON calls (source, call_id) WHERE visit <> 1;

CREATE TABLE "audit" (
    id INTEGER PRIMARY KEY,
    acted_at INTEGER NOT NULL,                              -- floor time
    who TEXT NOT NULL,                                      -- login of the person's account
    act TEXT NOT NULL CHECK (act IN ('added', 'done', 'moved', 'handed_over', 'undone')),
    subject TEXT NOT NULL CHECK (subject IN ('follow_up')),
    subject_id INTEGER NOT NULL,
    before TEXT NOT NULL,                                   -- JSON: the changed columns as they were
    after TEXT NOT NULL,                                    -- JSON: and as they are since
    reason TEXT,
    undoes INTEGER                                          -- audit.id of what is undone
) STRICT;

CREATE INDEX audit_by_subject ON audit (subject, subject_id, acted_at);

CREATE INDEX audit_by_moment ON audit (acted_at);

CREATE INDEX calls_lost ON calls (entered_at)
    WHERE direction = 'inbound' AND outcome IN ('abandoned', 'timeout', 'no_agents', 'incompatible');

CREATE INDEX calls_by_number ON calls (caller, entered_at) WHERE customer_id IS NULL AND caller IS NOT NULL;

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

CREATE TABLE "alarm_limits" (
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

CREATE TRIGGER changes_of_queue_members_inserted AFTER INSERT ON queue_members
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES ('member', new.id, new.agent_id, new.queue_id, NULL, new.started_at);
    DELETE FROM changes WHERE new.id % 256 = 0 AND id <= (SELECT max(id) - 4096 FROM changes);
END;

CREATE TRIGGER changes_of_queue_members_updated AFTER UPDATE ON queue_members
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES ('member', new.id, new.agent_id, new.queue_id, NULL, iif(old.started_at = new.started_at, min(ifnull(old.ended_at, 9223372036854775807), ifnull(new.ended_at, 9223372036854775807)), min(old.started_at, new.started_at)));
END;

CREATE TRIGGER changes_of_queue_members_moved AFTER UPDATE OF id, agent_id, queue_id ON queue_members
WHEN old.id COLLATE BINARY IS NOT new.id
    OR old.agent_id COLLATE BINARY IS NOT new.agent_id
    OR old.queue_id COLLATE BINARY IS NOT new.queue_id
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES ('member', old.id, old.agent_id, old.queue_id, NULL, old.started_at);
END;

CREATE TRIGGER changes_of_queue_members_deleted AFTER DELETE ON queue_members
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES ('member', old.id, old.agent_id, old.queue_id, NULL, old.started_at);
END;

CREATE TRIGGER changes_of_queue_members_inserting BEFORE INSERT ON queue_members
WHEN EXISTS (SELECT 1 FROM queue_members WHERE id = new.id) OR EXISTS (SELECT 1 FROM queue_members WHERE queue_id = new.queue_id AND agent_id = new.agent_id AND ended_at IS NULL AND new.ended_at IS NULL)
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    SELECT 'member', gone.id, gone.agent_id, gone.queue_id, NULL, gone.started_at
    FROM queue_members AS gone WHERE id = new.id OR queue_id = new.queue_id AND agent_id = new.agent_id AND ended_at IS NULL AND new.ended_at IS NULL;
END;

CREATE TRIGGER changes_of_queue_members_updating BEFORE UPDATE OF id, queue_id, agent_id, ended_at ON queue_members
WHEN old.id COLLATE BINARY IS NOT new.id
    OR old.queue_id COLLATE BINARY IS NOT new.queue_id
    OR old.agent_id COLLATE BINARY IS NOT new.agent_id
    OR old.ended_at COLLATE BINARY IS NOT new.ended_at
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    SELECT 'member', gone.id, gone.agent_id, gone.queue_id, NULL, gone.started_at
    FROM queue_members AS gone WHERE id <> old.id AND (id = new.id OR queue_id = new.queue_id AND agent_id = new.agent_id AND ended_at IS NULL AND new.ended_at IS NULL);
END;

CREATE TRIGGER changes_of_queue_pauses_inserted AFTER INSERT ON queue_pauses
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES ('member', new.id, new.agent_id, new.queue_id, NULL, new.started_at);
    DELETE FROM changes WHERE new.id % 256 = 0 AND id <= (SELECT max(id) - 4096 FROM changes);
END;

CREATE TRIGGER changes_of_queue_pauses_updated AFTER UPDATE ON queue_pauses
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES ('member', new.id, new.agent_id, new.queue_id, NULL, iif(old.started_at = new.started_at, min(ifnull(old.ended_at, 9223372036854775807), ifnull(new.ended_at, 9223372036854775807)), min(old.started_at, new.started_at)));
END;

CREATE TRIGGER changes_of_queue_pauses_moved AFTER UPDATE OF id, agent_id, queue_id ON queue_pauses
WHEN old.id COLLATE BINARY IS NOT new.id
    OR old.agent_id COLLATE BINARY IS NOT new.agent_id
    OR old.queue_id COLLATE BINARY IS NOT new.queue_id
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES ('member', old.id, old.agent_id, old.queue_id, NULL, old.started_at);
END;

CREATE TRIGGER changes_of_queue_pauses_deleted AFTER DELETE ON queue_pauses
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES ('member', old.id, old.agent_id, old.queue_id, NULL, old.started_at);
END;

CREATE TRIGGER changes_of_queue_pauses_inserting BEFORE INSERT ON queue_pauses
WHEN EXISTS (SELECT 1 FROM queue_pauses WHERE id = new.id) OR EXISTS (SELECT 1 FROM queue_pauses WHERE queue_id = new.queue_id AND agent_id = new.agent_id AND ended_at IS NULL AND new.ended_at IS NULL)
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    SELECT 'member', gone.id, gone.agent_id, gone.queue_id, NULL, gone.started_at
    FROM queue_pauses AS gone WHERE id = new.id OR queue_id = new.queue_id AND agent_id = new.agent_id AND ended_at IS NULL AND new.ended_at IS NULL;
END;

CREATE TRIGGER changes_of_queue_pauses_updating BEFORE UPDATE OF id, queue_id, agent_id, ended_at ON queue_pauses
WHEN old.id COLLATE BINARY IS NOT new.id
    OR old.queue_id COLLATE BINARY IS NOT new.queue_id
    OR old.agent_id COLLATE BINARY IS NOT new.agent_id
    OR old.ended_at COLLATE BINARY IS NOT new.ended_at
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    SELECT 'member', gone.id, gone.agent_id, gone.queue_id, NULL, gone.started_at
    FROM queue_pauses AS gone WHERE id <> old.id AND (id = new.id OR queue_id = new.queue_id AND agent_id = new.agent_id AND ended_at IS NULL AND new.ended_at IS NULL);
END;

CREATE TRIGGER changes_of_customers_updating BEFORE UPDATE OF id, reference ON customers
WHEN old.id COLLATE BINARY IS NOT new.id
    OR old.reference COLLATE BINARY IS NOT new.reference
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    SELECT 'customer', gone.id, NULL, NULL, NULL, NULL
    FROM customers AS gone WHERE id <> old.id AND (id = new.id OR reference = new.reference);
END;

INSERT INTO changes (subject) VALUES ('everything');
