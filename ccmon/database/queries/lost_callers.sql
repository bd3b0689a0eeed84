-- Callers of the business day who gave up, and all that they and the centre have done since, later moments included.

-- fragment: columns_of_caller
c.id, {customer_who_called} AS customer_id, c.caller, c.customer_id IS NULL AS is_by_number,
    c.direction = 'inbound' AS inbound, c.queue_id, c.class AS kind, c.entered_at, c.served_at, c.ended_at,
    c.direction = 'outbound' AND c.right_party IS 0 AS is_wrong_person, {is_lost_call} AS is_lost,
    iif({is_lost_call}, (SELECT o.served_at {went_on}), NULL) AS went_on_at,
    iif({is_lost_call}, (SELECT o.id {went_on}), NULL) AS went_on_id

-- fragment: went_on
FROM calls AS o WHERE o.source = c.source AND o.call_id = c.call_id AND o.served_at >= c.entered_at
        ORDER BY o.served_at, o.id LIMIT 1

-- fragment: customer_who_called
coalesce(c.customer_id, (
        SELECT iif(count(*) = 1, min(u.id), NULL) FROM customers AS u
        WHERE u.phone IN (c.caller, replace(replace(replace(replace(replace(replace(
            c.caller, '(0)', ''), ' ', ''), '-', ''), '.', ''), '(', ''), ')', ''))))

-- fragment: is_lost_call
(c.direction = 'inbound' AND c.class IN ('abandoned', 'timed_out', 'no_agents') AND (
        c.class <> 'abandoned' OR c.wait_ms > coalesce((
            SELECT t.short_abandon_ms FROM queue_days AS t
            WHERE t.queue_id = c.queue_id AND t.day_at = :day_starts_at), 5000)))

-- name: calls_of_lost_callers
-- All calls of the business day from and to customers and numbers with a lost visit, and lost visits of others.
WITH lost AS MATERIALIZED (
    SELECT c.id, {customer_who_called} AS customer_id, iif(c.customer_id IS NULL, c.caller, NULL) AS number
    FROM calls AS c INDEXED BY calls_lost
    WHERE c.direction = 'inbound' AND c.outcome IN ('abandoned', 'timeout', 'no_agents', 'incompatible') AND {is_of_day}
        AND {is_lost_call}
), found AS MATERIALIZED (
    SELECT id FROM lost
    UNION
    SELECT c.id FROM calls AS c INDEXED BY calls_by_customer
    WHERE c.customer_id IN (SELECT customer_id FROM lost) AND {is_of_day}
    UNION
    SELECT c.id FROM calls AS c INDEXED BY calls_by_number
    WHERE c.customer_id IS NULL AND {is_of_day} AND c.caller IN (
        SELECT number FROM lost
        UNION SELECT u.phone FROM lost AS known CROSS JOIN customers AS u ON u.id = known.customer_id)
)
SELECT {columns_of_caller} FROM found CROSS JOIN calls AS c ON c.id = found.id;

-- name: callers_of_phone_calls
-- Of each visit of the phone calls to which some visits belong: the given one, whose it is, and whether it may be lost.
SELECT t.id, {customer_who_called} AS customer_id, c.caller,
    c.class IN ('abandoned', 'timed_out', 'no_agents') AS may_be_lost
FROM json_each(:calls) AS given CROSS JOIN calls AS t ON t.id = given.value
    CROSS JOIN calls AS c ON c.source = t.source AND c.call_id = t.call_id;

-- name: calls_to_place
-- All visits of the phone calls to which some visits belong, if they are of the business day.
WITH phone_calls AS MATERIALIZED (
    SELECT DISTINCT c.source, c.call_id {given_calls}
)
SELECT {columns_of_caller}
FROM phone_calls AS p CROSS JOIN calls AS c ON c.source = p.source AND c.call_id = p.call_id
WHERE {is_of_day};

-- name: calls_of_callers
-- All calls of the business day from and to some customers, or some numbers of no known customer.
SELECT {columns_of_caller}
FROM json_each(:customers) AS given CROSS JOIN calls AS c INDEXED BY calls_by_customer ON c.customer_id = given.value
WHERE {is_of_day}
UNION ALL
SELECT {columns_of_caller}
FROM (
        SELECT value AS number FROM json_each(:numbers)
        UNION SELECT u.phone FROM json_each(:customers) AS known CROSS JOIN customers AS u ON u.id = known.value
        WHERE u.phone IS NOT NULL
    ) AS given CROSS JOIN calls AS c INDEXED BY calls_by_number ON c.caller = given.number
WHERE c.customer_id IS NULL AND {is_of_day};

-- name: customers_who_called
-- Some customers: name, number and the site's own customer number.
SELECT u.id, u.name, u.phone, u.reference FROM json_each(:customers) AS given JOIN customers AS u ON u.id = given.value;

-- name: orders_of_callers
-- Orders of some customers before the business day: when, and when cancelled.
SELECT s.customer_id, s.sold_at, s.cancelled_at
FROM json_each(:customers) AS given JOIN sales AS s ON s.customer_id = given.value
WHERE s.sold_at < :day_starts_at
ORDER BY s.customer_id, s.sold_at, s.id;

-- name: promises_to_callers
-- Follow-ups that are open, or were settled since the business day began: for whom, who owes them, and when.
SELECT coalesce(f.customer_id, {customer_who_called}) AS customer_id, c.caller, f.agent_id, f.created_at, f.due_at, f.done_at
FROM (
        SELECT id, customer_id, call_id, agent_id, created_at, due_at, done_at FROM follow_ups
        WHERE done_at IS NULL AND outcome IS NULL
        UNION ALL
        SELECT id, customer_id, call_id, agent_id, created_at, due_at, done_at FROM follow_ups
        WHERE done_at >= :day_starts_at
    ) AS f LEFT JOIN calls AS c ON c.id = f.call_id
ORDER BY f.id;
