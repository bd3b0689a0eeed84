-- What customers bought on which days: counts that triggers keep.

-- fragment: buyer_days
(
    SELECT day_at, first_buyers, repeated, last_buyers, one_time, once_loyal, third_last_buyers FROM buyer_days
    UNION ALL SELECT first_at, -1, -coalesce((second_at - first_at + 43200000) / 86400000 <= 90, 0), 0, 0, 0, 0
    FROM customer_purchases WHERE customer_id IN {later_buyers}
    UNION ALL SELECT last_at, 0, 0, -1, -(purchases = 1), -once_loyal, 0
    FROM customer_purchases WHERE customer_id IN {later_buyers}
    UNION ALL SELECT third_last_at, 0, 0, 0, 0, 0, -1
    FROM customer_purchases WHERE customer_id IN {later_buyers}
)

-- fragment: later_buyers
(SELECT customer_id FROM purchase_days WHERE day_at >= :day_ends_at)

-- name: later_buyers
-- Customers who bought on a later business day than that of a moment: the counts below leave them out.
SELECT DISTINCT customer_id FROM purchase_days WHERE day_at >= :day_ends_at LIMIT :most;

-- name: buyer_counts
-- Counts of customers over all kept days: all; with one purchase; loyal; once loyal and without a purchase for a year;
-- active and at risk.
SELECT coalesce(sum(first_buyers), 0) AS buyers, coalesce(sum(one_time), 0) AS one_time,
    coalesce(sum(third_last_buyers) FILTER (WHERE day_at > :year_ago_at), 0) AS loyal,
    coalesce(sum(once_loyal) FILTER (WHERE day_at <= :year_ago_at), 0) AS lapsed,
    coalesce(sum(last_buyers) FILTER (WHERE day_at >= :at_risk_before), 0) AS active,
    coalesce(sum(last_buyers) FILTER (WHERE day_at >= :churned_before AND day_at < :at_risk_before), 0) AS at_risk
FROM {buyer_days};

-- name: churn_counts
-- Customers not churned on the day before a stretch of days, and how many of them were at its end. The day before
-- begins at :eve_at; customers who had last bought before :eve_churned_before were churned on it.
SELECT (SELECT coalesce(sum(last_buyers), 0) FROM {buyer_days} WHERE day_at >= :eve_churned_before)
    - (SELECT count(*) FROM purchase_days
        WHERE day_at > :eve_at AND (previous_at IS NULL OR previous_at < :eve_churned_before)
            AND customer_id NOT IN {later_buyers}) AS active,
    (SELECT coalesce(sum(last_buyers), 0) FROM {buyer_days}
        WHERE day_at >= :eve_churned_before AND day_at <= :eve_at AND day_at < :churned_before)
    + (SELECT count(*) FROM purchase_days AS p JOIN customer_purchases AS c ON c.customer_id = p.customer_id
        WHERE p.day_at > :eve_at AND p.day_at < :churned_before AND p.previous_at >= :eve_churned_before
            AND p.previous_at <= :eve_at AND c.last_at < :churned_before) AS churned;

-- name: cohort_counts
-- Customers by the month of their first purchase, and how many of them bought again in time.
SELECT substr(d.date, 1, 7) || '-01' AS month, sum(b.first_buyers) AS members, sum(b.repeated) AS repeated
FROM {buyer_days} AS b CROSS JOIN business_days AS d
WHERE d.starts_at = b.day_at AND b.first_buyers <> 0
GROUP BY 1;

-- name: purchase_gap_counts
-- How often two purchases of a customer are so many days apart, and how often the first and the second are.
SELECT gap_days, gaps, first_gaps FROM purchase_gaps;

-- name: returned_customers
-- How many customers bought in a stretch of days after a gap of at least some length, and which of some given ones did.
SELECT count(DISTINCT customer_id) AS customers, coalesce(json_group_array(customer_id) FILTER (
    WHERE customer_id IN (SELECT value FROM json_each(:customers))), '[]') AS among
FROM purchase_days INDEXED BY purchase_days_by_day
WHERE day_at >= :since AND day_at <= :day_starts_at AND previous_at <= day_at - :gap_ms
    AND customer_id NOT IN {later_buyers};

-- name: churned_among
-- Those of some customers who bought before a moment, but not since.
SELECT c.customer_id FROM json_each(:customers) AS j JOIN customer_purchases AS c ON c.customer_id = j.value
WHERE c.last_at < :churned_before;

-- name: buyers_of_day
-- Customers who bought on a business day.
SELECT customer_id FROM purchase_days WHERE day_at = :day_at;

-- name: customers_with_later_sales
-- Customers whose kept purchases differ from those at a moment: bought from its business day on, or cancelled since.
SELECT customer_id FROM purchase_days WHERE day_at >= :day_starts_at
UNION
SELECT customer_id FROM sales WHERE cancelled_at > :at AND customer_id IS NOT NULL;

-- name: purchase_days_of_customers
-- The kept days on which some customers bought.
SELECT p.customer_id, p.day_at AS at FROM json_each(:customers) AS j JOIN purchase_days AS p ON p.customer_id = j.value;

-- name: one_time_buyers
-- Customers with one purchase, on a day in a stretch, and the day.
SELECT customer_id, first_at AS at FROM customer_purchases
WHERE purchases = 1 AND first_at >= :since AND first_at < :until;

-- name: purchases_page
-- A page of customers with the moments (in minutes) of their orders before the business day not cancelled by a moment.
SELECT customer_id, group_concat(sold_at / 60000) AS minutes
FROM sales
WHERE customer_id > :after AND sold_at < :day_starts_at AND (cancelled_at IS NULL OR cancelled_at > :at)
GROUP BY customer_id
ORDER BY customer_id
LIMIT :page;

-- name: past_purchases
-- Moments of some customers' orders before the business day not cancelled by a moment.
SELECT s.customer_id, s.sold_at AS at
FROM json_each(:customers) AS j JOIN sales AS s ON s.customer_id = j.value
WHERE s.sold_at < :day_starts_at AND (s.cancelled_at IS NULL OR s.cancelled_at > :at);

-- name: some_purchase_day
-- A row if any purchase is kept.
SELECT 1 FROM purchase_days LIMIT 1;

-- name: delete_purchases
-- Deletes all purchases before they are recounted.
DELETE FROM purchase_days;
DELETE FROM customer_purchases;
DELETE FROM buyer_days;
DELETE FROM purchase_gaps;
