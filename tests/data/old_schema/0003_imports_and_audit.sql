-- What tables of records need to come in again and again without doubling, and who changed what.

-- The site's own numbers: NULL for rows that nobody imports again.
ALTER TABLE sales ADD COLUMN reference TEXT;
CREATE UNIQUE INDEX sales_by_reference ON sales (reference) WHERE reference IS NOT NULL;
ALTER TABLE follow_ups ADD COLUMN reference TEXT;
CREATE UNIQUE INDEX follow_ups_by_reference ON follow_ups (reference) WHERE reference IS NOT NULL;
ALTER TABLE surveys ADD COLUMN reference TEXT;
CREATE UNIQUE INDEX surveys_by_reference ON surveys (reference) WHERE reference IS NOT NULL;

-- What was asked: how satisfied are you, would you recommend us (0 to 10), has it been resolved (0 or 1).
ALTER TABLE surveys ADD COLUMN question TEXT NOT NULL DEFAULT 'satisfaction'
    CHECK (question IN ('satisfaction', 'recommend', 'resolved'));
CREATE INDEX surveys_by_call ON surveys (call_id) WHERE call_id IS NOT NULL;

CREATE INDEX follow_ups_by_customer ON follow_ups (customer_id) WHERE customer_id IS NOT NULL;

-- Whom a survey was sent to: the response rate is answers over invitations delivered (metrics.md 9.3).
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

-- What a person changed through ccmon. Rows are only ever added, so that an earlier moment can be shown as it was.
CREATE TABLE audit (
    id INTEGER PRIMARY KEY,
    acted_at INTEGER NOT NULL,                              -- floor time
    who TEXT NOT NULL,                                      -- login of the person's account
    act TEXT NOT NULL CHECK (act IN ('done', 'moved', 'handed_over')),
    subject TEXT NOT NULL CHECK (subject IN ('follow_up')),
    subject_id INTEGER NOT NULL,
    before TEXT NOT NULL,                                   -- JSON: the changed columns as they were
    after TEXT NOT NULL,                                    -- JSON: and as they are since
    reason TEXT
) STRICT;
CREATE INDEX audit_by_subject ON audit (subject, subject_id, acted_at);
CREATE INDEX audit_by_moment ON audit (acted_at);

-- INSERT OR REPLACE may now take away another sale by its reference: it is counted out as one of the same id is.
DROP TRIGGER sales_inserting;
CREATE TRIGGER sales_inserting BEFORE INSERT ON sales
WHEN EXISTS (SELECT 1 FROM sales WHERE id = new.id)
    OR (new.reference IS NOT NULL AND EXISTS (SELECT 1 FROM sales WHERE reference = new.reference))
BEGIN
    DELETE FROM replaced_sales;
    INSERT INTO replaced_sales
    SELECT id, call_id, agent_id, campaign_id, sold_at, amount_cents, currency, cancelled_at FROM sales
    WHERE id = new.id OR (new.reference IS NOT NULL AND reference = new.reference);
END;

DROP TRIGGER sales_replaced;
CREATE TRIGGER sales_replaced AFTER INSERT ON sales
WHEN EXISTS (SELECT 1 FROM replaced_sales)
BEGIN
    INSERT INTO count_sale
    SELECT -1, new.id, call_id, agent_id, campaign_id, sold_at, amount_cents, currency, cancelled_at
    FROM replaced_sales AS r
    WHERE id = new.id OR NOT EXISTS (SELECT 1 FROM sales WHERE sales.id = r.id);
    DELETE FROM replaced_sales;
END;

-- Two sales that go at once may have converted one call; counting them out one by one would not see it.
CREATE TRIGGER sales_of_two_keys BEFORE INSERT ON sales
WHEN new.reference IS NOT NULL AND EXISTS (SELECT 1 FROM sales WHERE id = new.id AND reference IS NOT new.reference)
    AND EXISTS (SELECT 1 FROM sales WHERE reference = new.reference)
BEGIN
    SELECT raise(ABORT, 'this id and this reference belong to two sales');
END;

DROP TRIGGER sales_key_taken;
CREATE TRIGGER sales_key_taken BEFORE UPDATE OF id, reference ON sales
WHEN EXISTS (
    SELECT 1 FROM sales WHERE (id = new.id OR (new.reference IS NOT NULL AND reference = new.reference)) AND id <> old.id
)
BEGIN
    SELECT raise(ABORT, 'another sale has this id or reference');
END;
