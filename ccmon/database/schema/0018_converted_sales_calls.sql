-- An order converts a sales call (docs/metrics.md, 8.2): the call that led to it is of a queue that sells, was dialled, or is
-- not known; for a campaign, it was dialled or is not known. Until now one on a call of any queue did.

CREATE VIEW count_converted (call_id) AS SELECT NULL WHERE 0;

CREATE TRIGGER calls_sales_replaced AFTER DELETE ON replaced_calls
WHEN EXISTS (SELECT 1 FROM sales WHERE call_id = old.id)
BEGIN
    INSERT INTO count_converted VALUES (old.id);
END;

DROP TRIGGER count_sale_in_agent_days;

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

DROP TRIGGER count_sale_in_campaign_days;

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

DROP TRIGGER count_sales_calls_again;

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

-- The upgrade counts the totals of all days again. Readers read everything anew.
INSERT INTO changes (subject) SELECT 'everything' WHERE EXISTS (SELECT 1 FROM sales);
