-- The call database: a public interface (docs/database.md). Moments (_at) are Unix milliseconds, UTC; lengths end in _ms;
-- money is integer minor units (_cents). NULL means unknown or not yet.

-- What this site is. One row.
CREATE TABLE site (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    name TEXT,
    time_zone TEXT NOT NULL,                                -- IANA name
    day_starts_ms INTEGER NOT NULL DEFAULT 0,               -- business day's start after local midnight
    currency TEXT,                                          -- ISO 4217
    follow_up_grace_ms INTEGER NOT NULL DEFAULT 900000,
    max_open_ms INTEGER NOT NULL DEFAULT 14400000,          -- a call open for longer is unknown (metrics.md 1.5)
    created_at INTEGER NOT NULL
) STRICT;

-- The clock of a simulated floor: floor time = floor_at + (real time - real_at) * speed. No row: the real clock.
CREATE TABLE clock (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    real_at INTEGER NOT NULL,
    floor_at INTEGER NOT NULL,
    speed REAL NOT NULL DEFAULT 1
) STRICT;

-- Business days with their UTC edges, filled ahead, so that a trigger can find the day of a moment.
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
) STRICT;

CREATE TABLE agents (
    id INTEGER PRIMARY KEY,
    login TEXT NOT NULL UNIQUE,
    name TEXT,                                              -- NULL: shown by login
    team_id INTEGER REFERENCES teams (id),
    hourly_cost_cents INTEGER,
    active INTEGER NOT NULL DEFAULT 1 CHECK (active IN (0, 1))
) STRICT;

-- Other names a source gives one agent (an interface, a member name).
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
) STRICT;

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

-- One visit to one queue, or one outbound attempt. Inserted when it starts, updated as it goes on.
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
    class TEXT GENERATED ALWAYS AS (CASE                    -- metrics.md 2; an outcome counts once the visit has ended
        WHEN outcome = 'unknown' THEN 'unknown'
        WHEN answered_at IS NOT NULL THEN 'answered'
        WHEN outcome = 'blocked' THEN 'blocked'
        WHEN ended_at IS NULL THEN 'open'
        WHEN outcome = 'abandoned' THEN 'abandoned'
        WHEN outcome = 'timeout' THEN 'timed_out'
        WHEN outcome IN ('no_agents', 'incompatible') THEN 'no_agents'
        WHEN outcome IN ('exit_key', 'withdrawn') THEN 'diverted'
        ELSE 'unknown' END) VIRTUAL,
    wait_ms INTEGER GENERATED ALWAYS AS (max(0, coalesce(answered_at, ended_at) - entered_at)) VIRTUAL,
    handled INTEGER GENERATED ALWAYS AS (class = 'answered' AND ended_at IS NOT NULL AND wrapping_up IS NOT 1) VIRTUAL,
    talk_ms INTEGER GENERATED ALWAYS AS (max(0, ended_at - answered_at - coalesce(hold_ms, 0))) VIRTUAL,
    wrap_up_ms INTEGER GENERATED ALWAYS AS (max(0, coalesce(wrapped_up_at, ended_at) - ended_at)) VIRTUAL,
    UNIQUE (source, call_id, visit)
) STRICT;
CREATE INDEX calls_by_entry ON calls (entered_at);
CREATE INDEX calls_open ON calls (entered_at) WHERE ended_at IS NULL;
CREATE INDEX calls_by_agent ON calls (agent_id, entered_at) WHERE agent_id IS NOT NULL;
CREATE INDEX calls_by_customer ON calls (customer_id, entered_at) WHERE customer_id IS NOT NULL;

-- An offered call that rang at an agent and was not answered.
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

-- What an agent did, interval by interval; ended_at NULL is now. An agent is in one state at a time.
CREATE TABLE agent_states (
    id INTEGER PRIMARY KEY,
    agent_id INTEGER NOT NULL REFERENCES agents (id),
    state TEXT NOT NULL CHECK (state IN ('ready', 'ringing', 'dialling', 'talking', 'hold', 'wrap_up', 'paused',
                                         'unavailable', 'logged_out')),
    reason TEXT,
    call_id INTEGER REFERENCES calls (id) ON DELETE SET NULL, -- calls.id of the call it belongs to
    started_at INTEGER NOT NULL,
    ended_at INTEGER
) STRICT;
CREATE INDEX agent_states_by_agent ON agent_states (agent_id, started_at);
CREATE INDEX agent_states_by_start ON agent_states (started_at);
CREATE UNIQUE INDEX agent_states_open ON agent_states (agent_id) WHERE ended_at IS NULL;

-- Which queues an agent serves, interval by interval.
CREATE TABLE queue_members (
    id INTEGER PRIMARY KEY,
    queue_id INTEGER NOT NULL REFERENCES queues (id),
    agent_id INTEGER NOT NULL REFERENCES agents (id),
    static INTEGER NOT NULL DEFAULT 0 CHECK (static IN (0, 1)), -- 1: never logs in by itself (queues.conf)
    started_at INTEGER NOT NULL,
    ended_at INTEGER
) STRICT;
CREATE INDEX queue_members_by_queue ON queue_members (queue_id, started_at);
CREATE UNIQUE INDEX queue_members_open ON queue_members (queue_id, agent_id) WHERE ended_at IS NULL;

-- An agent's pauses in one queue. The agent's own state is paused when every queue they serve is.
CREATE TABLE queue_pauses (
    id INTEGER PRIMARY KEY,
    queue_id INTEGER NOT NULL REFERENCES queues (id),
    agent_id INTEGER NOT NULL REFERENCES agents (id),
    reason TEXT,
    started_at INTEGER NOT NULL,
    ended_at INTEGER
) STRICT;
CREATE INDEX queue_pauses_by_queue ON queue_pauses (queue_id, started_at);
CREATE UNIQUE INDEX queue_pauses_open ON queue_pauses (queue_id, agent_id) WHERE ended_at IS NULL;

-- What a pause reason means (metrics.md 6.4). A reason without a row is an unpaid, unplanned break.
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
) STRICT;
CREATE INDEX sales_by_moment ON sales (sold_at);
CREATE INDEX sales_by_call ON sales (call_id) WHERE call_id IS NOT NULL;
CREATE INDEX sales_by_customer ON sales (customer_id, sold_at) WHERE customer_id IS NOT NULL;
CREATE INDEX sales_by_agent ON sales (agent_id, sold_at);

-- A quota holds from starts_on until a later one of the same scope and period takes its place.
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
    comment TEXT,
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
) STRICT;
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

-- What else the same money buys.
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

-- Where calls come from. checked_at: the last moment at which the writer knew that it had everything.
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
) STRICT;

-- Stretches of a source that have been taken in, so that importing again adds nothing.
CREATE TABLE imported_ranges (
    id INTEGER PRIMARY KEY,
    source_id INTEGER NOT NULL REFERENCES sources (id) ON DELETE CASCADE,
    first_at INTEGER NOT NULL,
    last_at INTEGER NOT NULL,
    edges TEXT NOT NULL                                     -- JSON: digests of the records of the first and last second
) STRICT;

-- What could not be understood, kept whole.
CREATE TABLE rejected_lines (
    id INTEGER PRIMARY KEY,
    source TEXT NOT NULL,
    file TEXT,
    line INTEGER,
    reason TEXT NOT NULL,
    content TEXT NOT NULL,
    rejected_at INTEGER NOT NULL
) STRICT;

-- Long work behind the screen: filling in past weeks.
CREATE TABLE progress (
    task TEXT PRIMARY KEY,
    done INTEGER NOT NULL,
    total INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- A queue's targets as they were at the start of each business day with calls (metrics.md 1.9).
CREATE TABLE queue_days (
    queue_id INTEGER NOT NULL,
    day_at INTEGER NOT NULL,                                -- business_days.starts_at
    service_level_threshold_ms INTEGER NOT NULL,
    service_level_target REAL NOT NULL,
    short_abandon_ms INTEGER NOT NULL,
    PRIMARY KEY (queue_id, day_at)
) STRICT, WITHOUT ROWID;

-- Totals, kept by triggers (0002_totals.sql). Counts by entry of the visit; see docs/metrics.md.
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
    wrap_up_ms INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (queue_id, quarter_at)
) STRICT, WITHOUT ROWID;

-- Finished waits per queue and business day by whole seconds: the longest wait survives corrections.
CREATE TABLE wait_histogram (
    queue_id INTEGER NOT NULL,
    day_at INTEGER NOT NULL,
    wait_s INTEGER NOT NULL,                                -- whole seconds, rounded down
    visits INTEGER NOT NULL,
    PRIMARY KEY (queue_id, day_at, wait_s)
) STRICT, WITHOUT ROWID;

-- Handling times per queue, direction and business day: whole seconds to 10 minutes, then steps of 10 (metrics.md 1.4).
CREATE TABLE handling_histogram (
    day_at INTEGER NOT NULL,
    direction TEXT NOT NULL,
    queue_id INTEGER NOT NULL,                              -- 0: no queue (outbound)
    handling_s INTEGER NOT NULL,
    calls INTEGER NOT NULL,
    PRIMARY KEY (day_at, direction, queue_id, handling_s)
) STRICT, WITHOUT ROWID;

-- Per agent and business day.
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
    revenue_cents INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (day_at, agent_id)
) STRICT, WITHOUT ROWID;

-- Per campaign and business day.
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
