-- What customers bought on which days, kept by triggers: readers count buyers without walking through customers.

-- A total (total_sql/definitions.py) beside what is derived of it. A purchase is a business day on which a customer ordered.
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

-- Inserting into it counts one customer in (sign 1) or out (sign -1).
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

-- The sales count in purchase_days, too: all that python -m ccmon.database.total_sql.triggers makes for them.
DROP TRIGGER IF EXISTS sales_inserting;
DROP TRIGGER IF EXISTS sales_replaced;
DROP TRIGGER IF EXISTS sales_inserted;
DROP TRIGGER IF EXISTS sales_updated;
DROP TRIGGER IF EXISTS sales_deleted;
DROP VIEW IF EXISTS count_sale;
DROP TABLE IF EXISTS replaced_sales;

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

CREATE TRIGGER sales_updated AFTER UPDATE OF
    id, call_id, agent_id, campaign_id, customer_id, sold_at, amount_cents, currency, cancelled_at
ON sales
BEGIN
    DELETE FROM replaced_sales WHERE id = old.id AND new.id <> old.id;
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
