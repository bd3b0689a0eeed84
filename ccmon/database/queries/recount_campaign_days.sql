-- What campaign_days should say, for the business days in [:first_at, :last_at): attempts by their start, sales by their
-- own moment.
WITH
days AS (
    SELECT starts_at, ends_at FROM business_days WHERE starts_at >= :first_at AND starts_at < :last_at
),
parts (day_at, campaign_id, attempts, contacts, sales_calls, converted, sales, revenue_cents) AS (
    SELECT
        d.starts_at, c.campaign_id, count(*), sum(c.class = 'answered'), sum(c.class = 'answered' AND c.right_party IS 1),
        0, 0, 0
    FROM days AS d
    JOIN calls AS c INDEXED BY calls_by_entry ON c.entered_at >= d.starts_at AND c.entered_at < d.ends_at
    WHERE c.direction = 'outbound' AND c.campaign_id IS NOT NULL
    GROUP BY 1, 2

    UNION ALL
    SELECT
        d.starts_at, s.campaign_id, 0, 0, 0, count(DISTINCT s.call_id) + sum(s.call_id IS NULL), count(*),
        sum(iif(s.currency IS NULL OR s.currency IS (SELECT currency FROM site WHERE id = 1), s.amount_cents, 0))
    FROM days AS d
    JOIN sales AS s INDEXED BY sales_by_moment ON s.sold_at >= d.starts_at AND s.sold_at < d.ends_at
    WHERE s.cancelled_at IS NULL AND s.campaign_id IS NOT NULL
    GROUP BY 1, 2
)
SELECT day_at, campaign_id, sum(attempts), sum(contacts), sum(sales_calls), sum(converted), sum(sales), sum(revenue_cents)
FROM parts
GROUP BY 1, 2
ORDER BY 1, 2
