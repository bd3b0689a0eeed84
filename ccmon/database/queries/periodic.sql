-- What is read every half minute: sales, surveys, contact reasons, retention and costs, up to :at.

-- fragment: stands
(s.cancelled_at IS NULL OR s.cancelled_at > :at)

-- fragment: converts
({converts_in_campaign} OR led.queue_id IN (SELECT id FROM queues WHERE purpose = 'sales')) IS TRUE

-- fragment: converts_in_campaign
(led.id IS NULL OR led.direction = 'outbound')

-- fragment: and_calls
LEFT JOIN calls AS led ON led.id = s.call_id

-- fragment: is_first_ever
s.customer_id IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM sales AS e
    WHERE e.customer_id = s.customer_id AND (e.sold_at < s.sold_at OR (e.sold_at = s.sold_at AND e.id < s.id))
        AND (e.cancelled_at IS NULL OR e.cancelled_at > :at))

-- fragment: low_score_columns
s.customer_id, coalesce(u.name, c.caller_name) AS customer, coalesce(u.phone, c.caller) AS phone,
    q.name AS queue, a.id AS agent_id, coalesce(a.name, a.login) AS agent, l.name AS client, s.score, s.scale, s.comment,
    s.answered_at

-- fragment: low_scores_with_names
surveys AS s LEFT JOIN calls AS c ON c.id = s.call_id
    LEFT JOIN customers AS u ON u.id = coalesce(s.customer_id, c.customer_id)
    LEFT JOIN queues AS q ON q.id = c.queue_id LEFT JOIN agents AS a ON a.id = coalesce(s.agent_id, c.agent_id)
    LEFT JOIN teams AS t ON t.id = a.team_id LEFT JOIN clients AS l ON l.id = iif(q.id IS NULL, t.client_id, q.client_id)

-- fragment: is_low_score_of_day
s.answered_at >= :day_starts_at AND s.answered_at < :day_ends_at AND s.answered_at <= :at
    AND s.question = 'satisfaction' AND s.score * 3 <= s.scale

-- fragment: site_cents
iif({is_in_site_currency}, s.amount_cents, 0)

-- fragment: is_in_site_currency
(s.currency IS NULL OR s.currency IS site.currency)

-- fragment: contact_columns
{lone_caller},
    {visit_columns}

-- fragment: contacts_to_group
WITH visits AS MATERIALIZED (
    SELECT c.id, c.customer_id, c.caller, c.entered_at, c.queue_id, {noted_reason},
    {lone_caller}

-- fragment: single_contacts
of_several_visits(caller) AS MATERIALIZED (
    SELECT customer_id FROM visits WHERE lone_caller IS NULL UNION SELECT caller FROM visits WHERE lone_caller IS NULL
), callers AS MATERIALIZED (
    SELECT queue_id, lone_caller, entered_at, reason_id,
        count(*) = 1 AND NOT EXISTS (SELECT 1 FROM of_several_visits AS s WHERE s.caller = v.lone_caller) AS is_single
    FROM visits AS v
    WHERE lone_caller IS NOT NULL
    GROUP BY lone_caller
)
SELECT NULL AS lone_caller, NULL AS source, NULL AS call_id, NULL AS customer_id, NULL AS caller, 0 AS entered_at,
    NULL AS ended_at, 0 AS answered, NULL AS reason_id, queue_id, NULL AS agent_id, 0 AS visit,
    json_group_array(json_array(lone_caller, entered_at, reason_id)) AS single
FROM callers
WHERE is_single
GROUP BY queue_id, entered_at / 7200000
UNION ALL
SELECT v.lone_caller, {visit_columns}, c.visit, NULL
FROM visits AS v CROSS JOIN calls AS c ON c.id = v.id
WHERE v.lone_caller IS NULL OR v.lone_caller IN (SELECT lone_caller FROM callers WHERE NOT is_single)
ORDER BY lone_caller, source, call_id, visit

-- fragment: lone_caller
-- NULL for a phone call of several visits, of which at most one is the first: a small index answers for nearly all.
iif(EXISTS (
            SELECT 1 FROM calls AS o INDEXED BY calls_of_later_visits
            WHERE o.source = c.source AND o.call_id = c.call_id AND o.visit <> 1)
        AND EXISTS (SELECT 1 FROM calls AS o WHERE o.source = c.source AND o.call_id = c.call_id AND o.visit <> c.visit),
        NULL, coalesce(c.customer_id, c.caller)) AS lone_caller

-- fragment: visit_columns
c.source, c.call_id, c.customer_id, c.caller, c.entered_at, iif(c.ended_at <= :at, c.ended_at, NULL) AS ended_at,
    coalesce(c.served_at <= :at, 0) AS answered,
    {noted_reason},
    c.queue_id, c.agent_id

-- fragment: noted_reason
(SELECT r.reason_id FROM call_reasons AS r WHERE r.call_id = c.id AND r.is_primary = 1 AND c.ended_at <= :at)
        AS reason_id

-- fragment: contacts_by_entry
FROM calls AS c INDEXED BY calls_by_entry
{of_sampled_customers}

-- fragment: of_sampled_customers
WHERE c.entered_at >= :since AND c.entered_at < :until AND c.entered_at <= :at AND c.direction = 'inbound'
    AND {is_in_sample}

-- fragment: is_in_sample
(:one_in = 1 OR coalesce(c.customer_id, CAST(substr(c.caller, -6) AS INTEGER)) % :one_in = 0)
    AND (NOT :of_customers OR c.customer_id IS NOT NULL)

-- fragment: contacts_by_customer
FROM customers AS u CROSS JOIN calls AS c INDEXED BY calls_by_customer
WHERE u.id % :one_in = 0 AND c.customer_id = u.id AND c.entered_at >= :since AND c.entered_at < :until
    AND c.entered_at <= :at AND c.direction = 'inbound'

-- fragment: calls_by_entry
FROM calls AS c INDEXED BY calls_by_entry

-- fragment: given_calls
FROM json_each(:calls) AS given CROSS JOIN calls AS c ON c.id = given.value

-- fragment: funnel_counts
SELECT agent_id, campaign_id, direction, purpose, count(*) AS visits, sum(answered) AS answered,
    sum(answered AND iif(direction = 'inbound', sells, right_party)) AS sales_calls,
    sum(answered AND over) AS handled, sum(iif(answered AND over, handling_ms, 0)) AS handling_ms
FROM (
    SELECT iif(c.served_at <= :at, c.agent_id, NULL) AS agent_id, c.campaign_id, c.direction,
        coalesce(q.purpose, m.purpose) AS purpose,
        coalesce(c.served_at <= :at, 0) AS answered,
        q.purpose IS 'sales' AS sells,
        c.right_party IS 1 AND (c.ended_at IS NULL OR c.ended_at <= :at) AS right_party,
        c.handled AND c.ended_at <= :at AND coalesce(c.wrapped_up_at <= :at, 1) AS over,
        c.talk_ms + coalesce(c.hold_ms, 0) + c.wrap_up_ms AS handling_ms

-- fragment: funnel_calls
LEFT JOIN queues AS q ON q.id = c.queue_id
        LEFT JOIN campaigns AS m ON m.id = c.campaign_id
    WHERE c.entered_at >= :day_starts_at AND c.entered_at < :day_ends_at AND c.entered_at <= :at
)
GROUP BY agent_id, campaign_id, direction, purpose

-- fragment: is_of_day
c.entered_at >= :day_starts_at AND c.entered_at < :day_ends_at

-- fragment: is_unfinished
(c.entered_at <= :at AND c.ended_at <= :ended_by AND coalesce(c.wrapped_up_at, 0) <= :at
    AND coalesce(c.served_at, 0) <= :at) IS NOT TRUE

-- fragment: reasons_of_calls
SELECT (entered_at - :since) / 1800000 AS half_hour, reason_id, count(*) AS calls
FROM (
    SELECT c.entered_at, (
        SELECT r.reason_id FROM call_reasons AS r
        WHERE r.call_id = c.id AND r.is_primary = 1 AND c.ended_at <= :at) AS reason_id

-- fragment: answered_calls
WHERE c.entered_at >= :since AND c.entered_at < :until AND c.entered_at <= :at AND c.direction = 'inbound'
        AND c.served_at <= :at
)
GROUP BY 1, 2

-- fragment: attempt_columns
count(*) AS attempts, min(c.entered_at) AS first_at, max(c.entered_at) AS last_at, c.agent_id

-- fragment: never_reached
count(*) >= 2 AND {reached} = 0

-- fragment: reached
sum(coalesce(c.served_at <= :at, 0) AND c.right_party IS NOT 0)

-- fragment: unresolved_columns
u.name AS customer, u.phone, 'fruitless attempts' AS why, a.attempts AS times, a.last_at, o.id AS agent_id,
    coalesce(o.name, o.login) AS owner, l.name AS client

-- fragment: who_must_not_be_given_up
JOIN customers AS u ON u.id = a.customer_id LEFT JOIN agents AS o ON o.id = a.agent_id
    LEFT JOIN teams AS t ON t.id = o.team_id LEFT JOIN clients AS l ON l.id = t.client_id

-- fragment: known_before
(EXISTS (SELECT 1 FROM sales AS s WHERE s.customer_id = a.customer_id AND s.sold_at < a.first_at)
        OR EXISTS (
            SELECT 1 FROM calls AS c
            WHERE c.customer_id = a.customer_id AND c.entered_at < a.first_at AND c.direction = 'inbound'))

-- fragment: told_of_problem
l.entered_at <= :at AND l.direction = 'inbound' AND l.served_at <= :at AND l.ended_at <= :at
    AND l.customer_id IS NOT NULL

-- fragment: about_problem
JOIN call_reasons AS r ON r.call_id = l.id AND r.is_primary = 1
    JOIN contact_reasons AS n ON n.id = r.reason_id AND n.is_problem = 1

-- fragment: problem_columns
l.customer_id, count(DISTINCT l.source || ' ' || l.call_id) AS problems, min(l.entered_at) AS first_at,
    max(l.entered_at) AS last_at, l.agent_id

-- fragment: repeated_problem_columns
u.name AS customer, u.phone, 'two problems, no follow-up' AS why, a.problems AS times, a.last_at, o.id AS agent_id,
    coalesce(o.name, o.login) AS owner, l.name AS client

-- fragment: nothing_promised
NOT EXISTS (
        SELECT 1 FROM follow_ups AS f
        WHERE f.customer_id = a.customer_id AND f.created_at >= a.first_at AND f.created_at <= :at)

-- name: site_margins
-- The site's margin and incrementality.
SELECT margin, incrementality FROM site WHERE id = 1;

-- name: past_records
-- 1 if reasons of calls are recorded; the moment of the first order.
SELECT EXISTS (SELECT 1 FROM call_reasons) AS has_reasons, (SELECT min(sold_at) FROM sales) AS first_sale_at;

-- name: inbound_calls
-- How many inbound calls were handled on the finished business days from a date on.
SELECT coalesce(sum(a.inbound), 0) AS calls
FROM business_days AS d CROSS JOIN agent_days AS a
WHERE d.date >= :first AND d.starts_at < :day_starts_at AND a.day_at = d.starts_at;

-- name: day_totals
-- The finished business days from a moment on, the latest first: sales calls, sales, handled calls and the time they
-- took, and how many agents handled any, inbound and outbound. Days in a subquery: four times as fast.
WITH days AS MATERIALIZED (
    SELECT starts_at, date FROM business_days WHERE starts_at >= :since AND starts_at < :day_starts_at
)
SELECT d.date, sum(a.sales_calls) AS sales_calls, sum(a.sales) AS sales, sum(a.inbound) AS inbound,
    sum(a.inbound_talk_ms + a.inbound_hold_ms + a.inbound_wrap_up_ms) AS inbound_ms,
    sum(a.agent_id > 0 AND a.inbound > 0) AS inbound_agents, sum(a.outbound) AS outbound,
    sum(a.outbound_talk_ms + a.outbound_hold_ms + a.outbound_wrap_up_ms) AS outbound_ms,
    sum(a.agent_id > 0 AND a.outbound > 0) AS outbound_agents
FROM days AS d CROSS JOIN agent_days AS a
WHERE a.day_at = d.starts_at
GROUP BY d.starts_at
ORDER BY d.starts_at DESC;

-- name: agent_weekday_totals
-- Each agent's finished days from a moment on by weekday (0 is Sunday), without some dates: days, sales calls, sales,
-- handled calls and the time they took, inbound and outbound.
WITH days AS MATERIALIZED (
    SELECT starts_at, CAST(strftime('%w', date) AS INTEGER) AS weekday FROM business_days
    WHERE starts_at >= :since AND starts_at < :day_starts_at AND date NOT IN (SELECT value FROM json_each(:unusual))
)
SELECT d.weekday AS sunday_first, a.agent_id, count(*) AS days, sum(a.sales_calls) AS sales_calls,
    sum(a.sales) AS sales, sum(a.inbound) AS inbound,
    sum(a.inbound_talk_ms + a.inbound_hold_ms + a.inbound_wrap_up_ms) AS inbound_ms, sum(a.outbound) AS outbound,
    sum(a.outbound_talk_ms + a.outbound_hold_ms + a.outbound_wrap_up_ms) AS outbound_ms
FROM days AS d CROSS JOIN agent_days AS a
WHERE a.day_at = d.starts_at
GROUP BY d.weekday, a.agent_id;

-- name: campaign_weekday_totals
-- Each campaign's finished days from a moment on by weekday (0 is Sunday), without some dates: days, sales calls, sales.
WITH days AS MATERIALIZED (
    SELECT starts_at, CAST(strftime('%w', date) AS INTEGER) AS weekday FROM business_days
    WHERE starts_at >= :since AND starts_at < :day_starts_at AND date NOT IN (SELECT value FROM json_each(:unusual))
)
SELECT d.weekday AS sunday_first, a.campaign_id, count(*) AS days, sum(a.sales_calls) AS sales_calls, sum(a.sales) AS sales
FROM days AS d CROSS JOIN campaign_days AS a
WHERE a.day_at = d.starts_at
GROUP BY d.weekday, a.campaign_id;

-- name: day_sales
-- The orders of the business day known at a moment: whether their call can convert, whether cancelled by then, and
-- whether the customer's first ever.
SELECT s.agent_id, s.campaign_id, s.call_id, led.direction, {converts} AS converts, s.customer_id, s.amount_cents,
    iif({is_in_site_currency}, NULL, s.currency) AS other_currency,
    s.cancelled_at IS NOT NULL AND s.cancelled_at <= :at AS cancelled,
    {stands} AND {is_first_ever} AS is_first
FROM site CROSS JOIN sales AS s {and_calls}
WHERE s.sold_at >= :day_starts_at AND s.sold_at < :day_ends_at AND s.sold_at <= :at
ORDER BY s.sold_at, s.id;

-- name: sales_funnel
-- The calls of the business day by agent, campaign, direction and purpose as they were at a moment: visits or attempts,
-- answered ones, sales calls (metrics.md 8.2), handled ones and the time they took.
{funnel_counts}
    {calls_by_entry} {funnel_calls};

-- name: sales_funnel_of_calls
-- As sales_funnel, of some calls alone.
{funnel_counts}
    {given_calls} {funnel_calls};

-- name: sales_by_agent
-- Each agent's orders from a moment to the start of the business day, if not cancelled by a moment, with sales calls and
-- time logged in; converted calls (metrics.md 8.2) count once. A customer's first order ever is a new customer.
SELECT id, sum(sales_calls) AS sales_calls, sum(converted) AS converted, sum(sales) AS sales,
    sum(revenue_cents) AS revenue_cents, sum(new_customers) AS new_customers, total(squared_cents) AS squared_cents,
    sum(logged_in_ms) AS logged_in_ms
FROM (
    SELECT coalesce(s.agent_id, 0) AS id, 0 AS sales_calls,
        count(DISTINCT s.call_id) FILTER (WHERE {converts}) + sum(s.call_id IS NULL) AS converted,
        count(*) AS sales, sum({site_cents}) AS revenue_cents,
        sum({is_first_ever}) AS new_customers, total(1.0 * {site_cents} * {site_cents}) AS squared_cents, 0 AS logged_in_ms
    FROM site CROSS JOIN sales AS s {and_calls}
    WHERE s.sold_at >= :since AND s.sold_at < :day_starts_at AND {stands}
    GROUP BY coalesce(s.agent_id, 0)
    UNION ALL
    SELECT agent_id, sum(sales_calls), 0, 0, 0, 0, 0, sum(ready_ms + paused_ms + talking_ms + other_ms)
    FROM agent_days WHERE day_at >= :since AND day_at < :day_starts_at
    GROUP BY agent_id
)
GROUP BY id;

-- name: sales_by_campaign
-- Each campaign's orders, as by agent, with the sales calls and contacts; of calls, only dialled ones convert.
SELECT id, sum(sales_calls) AS sales_calls, sum(converted) AS converted, sum(sales) AS sales,
    sum(revenue_cents) AS revenue_cents, sum(new_customers) AS new_customers, total(squared_cents) AS squared_cents,
    sum(contacts) AS contacts
FROM (
    SELECT s.campaign_id AS id, 0 AS sales_calls,
        count(DISTINCT s.call_id) FILTER (WHERE {converts_in_campaign}) + sum(s.call_id IS NULL) AS converted,
        count(*) AS sales, sum({site_cents}) AS revenue_cents,
        sum({is_first_ever}) AS new_customers, total(1.0 * {site_cents} * {site_cents}) AS squared_cents, 0 AS contacts
    FROM site CROSS JOIN sales AS s {and_calls}
    WHERE s.sold_at >= :since AND s.sold_at < :day_starts_at AND {stands}
        AND s.campaign_id IS NOT NULL
    GROUP BY s.campaign_id
    UNION ALL
    SELECT campaign_id, sum(sales_calls), 0, 0, 0, 0, 0, sum(contacts)
    FROM campaign_days WHERE day_at >= :since AND day_at < :day_starts_at
    GROUP BY campaign_id
)
GROUP BY id;

-- name: past_sales_calls
-- Sales calls (metrics.md 8.2) of some finished business days by day, agent, campaign and quarter of an hour of the wall
-- clock since the day's start. On a day when the clocks change, quarters are counted from its end. One call in so many.
WITH days AS MATERIALIZED (
    SELECT starts_at, ends_at, 86400000 - (ends_at - starts_at) AS put_on FROM business_days
    WHERE starts_at IN (SELECT value FROM json_each(:days))
)
SELECT d.starts_at AS day_at, c.agent_id, iif(c.direction = 'outbound', c.campaign_id, NULL) AS campaign_id,
    (c.entered_at - d.starts_at + d.put_on) / 900000 AS quarter, count(*) AS calls
FROM days AS d CROSS JOIN calls AS c INDEXED BY calls_by_entry LEFT JOIN queues AS q ON q.id = c.queue_id
WHERE c.entered_at >= d.starts_at AND c.entered_at < d.ends_at AND c.id % :one_in = 0 AND c.class = 'answered'
    AND iif(c.direction = 'inbound', q.purpose IS 'sales', c.right_party IS 1)
GROUP BY 1, 2, 3, 4;

-- name: sales_for_other_clients
-- Sales calls and orders for clients' campaigns by agents whose team works for another client, or for none, in a
-- stretch as known at a moment: the team's client (NULL: none), the campaign's client, right-party contacts by their
-- start, orders by their own moment, revenue only in the site's currency. Inbound calls are not the campaign's,
-- converted or not.
SELECT team_client_id, client_id, sum(sales_calls) AS sales_calls, sum(converted) AS converted, sum(sales) AS sales,
    sum(revenue_cents) AS revenue_cents
FROM (
    SELECT t.client_id AS team_client_id, m.client_id AS client_id, count(*) AS sales_calls, 0 AS converted, 0 AS sales,
        0 AS revenue_cents
    FROM campaigns AS m CROSS JOIN calls AS c INDEXED BY calls_reached
        LEFT JOIN agents AS a ON a.id = c.agent_id LEFT JOIN teams AS t ON t.id = a.team_id
    WHERE m.client_id IS NOT NULL AND c.campaign_id = m.id AND c.right_party = 1 AND c.direction = 'outbound'
        AND c.entered_at >= :since AND c.entered_at < :until AND c.entered_at <= :at AND c.served_at <= :at
        AND (c.ended_at IS NULL OR c.ended_at <= :at) AND t.client_id IS NOT m.client_id
    GROUP BY t.client_id, m.client_id
    UNION ALL
    SELECT t.client_id, m.client_id, 0,
        count(DISTINCT coalesce(s.agent_id, 0) || ' ' || s.call_id) FILTER (WHERE {converts_in_campaign})
            + sum(s.call_id IS NULL),
        count(*), sum({site_cents})
    FROM site CROSS JOIN sales AS s INDEXED BY sales_by_moment JOIN campaigns AS m ON m.id = s.campaign_id {and_calls}
        LEFT JOIN agents AS a ON a.id = s.agent_id LEFT JOIN teams AS t ON t.id = a.team_id
    WHERE s.sold_at >= :since AND s.sold_at < :until AND s.sold_at <= :at
        AND {stands}
        AND m.client_id IS NOT NULL AND t.client_id IS NOT m.client_id
    GROUP BY t.client_id, m.client_id
)
GROUP BY team_client_id, client_id;

-- name: handling_by_queue
-- Answered and handled calls of each queue in a stretch, and the time the handled ones took.
SELECT t.queue_id, sum(t.answered) AS answered, sum(t.handled) AS handled,
    sum(t.talk_ms + t.hold_ms + t.wrap_up_ms) AS handling_ms
FROM queues AS q CROSS JOIN queue_quarters AS t
WHERE t.queue_id = q.id AND t.quarter_at >= :since AND t.quarter_at < :until
GROUP BY t.queue_id;

-- name: planned_time
-- Each agent's planned time in a stretch, and its edges.
SELECT agent_id, sum(min(ends_at, :until) - max(starts_at, :since)) AS planned_ms, min(starts_at) AS starts_at,
    max(ends_at) AS ends_at
FROM shifts WHERE starts_at >= :since AND starts_at < :until
GROUP BY agent_id;

-- name: planned_work
-- When agents are scheduled on some business days, by the wall clock since the day's start, and on how many days.
-- Shifts for a kind of pause are left out.
WITH days AS MATERIALIZED (
    SELECT starts_at, ends_at, 86400000 - (ends_at - starts_at) AS put_on FROM business_days
    WHERE starts_at IN (SELECT value FROM json_each(:days))
)
SELECT s.agent_id, s.starts_at - d.starts_at + d.put_on AS starts_ms, s.ends_at - d.starts_at + d.put_on AS ends_ms,
    count(*) AS days
FROM days AS d CROSS JOIN shifts AS s
WHERE s.starts_at >= d.starts_at AND s.starts_at < d.ends_at
    AND NOT EXISTS (SELECT 1 FROM pause_reasons AS p WHERE lower(p.reason) = lower(s.activity))
GROUP BY 1, 2, 3;

-- name: promise_outcomes
-- Promised calls of a stretch by owner, kind, hour of the wall clock since the day's start, and whether the owner was
-- scheduled to work then (1), to pause (0) or to be away (-1): those not done in time, and all. What falls due in a closed
-- time counts as due at an opening.
WITH closed AS MATERIALIZED (
    SELECT value ->> 0 AS begins_at, value ->> 1 AS ends_at, value ->> 2 AS opens_at FROM json_each(:closed_times)
),
promises AS MATERIALIZED (
    SELECT agent_id, kind, done_at, coalesce((
        SELECT opens_at FROM closed WHERE promised_at >= begins_at AND promised_at < ends_at), promised_at) AS due_at
    FROM follow_ups
    WHERE promised_at >= :since AND promised_at < :until AND outcome IS NOT 'cancelled'
)
SELECT agent_id, kind, hour, planned, sum(late) AS late, count(*) AS promised
FROM (
    SELECT f.agent_id, f.kind, (f.due_at - d.starts_at + 86400000 - (d.ends_at - d.starts_at)) / 3600000 AS hour,
        coalesce((
            SELECT iif(s.ends_at <= f.due_at, -1,
                NOT EXISTS (SELECT 1 FROM pause_reasons AS p WHERE lower(p.reason) = lower(s.activity)))
            FROM shifts AS s WHERE s.agent_id = f.agent_id AND s.starts_at <= f.due_at
            ORDER BY s.starts_at DESC LIMIT 1), -1) AS planned,
        f.done_at IS NULL OR f.done_at > f.due_at + :grace_ms AS late
    FROM promises AS f JOIN business_days AS d
        ON d.starts_at = (SELECT max(starts_at) FROM business_days WHERE starts_at <= f.due_at)
    WHERE f.due_at < :until
)
GROUP BY agent_id, kind, hour, planned;

-- name: contacts
-- Inbound visits that entered in a stretch, as known at a moment, for one in so many customers or numbers: customer,
-- number, start, end, whether answered, recorded reason, queue and agent. First those of calls with several visits
-- (lone_caller NULL), ordered by call; then by customer, else number.
SELECT {contact_columns}
{contacts_by_entry}
ORDER BY lone_caller, c.source, c.call_id, c.visit;

-- name: sampled_contacts
-- As contacts, for one in so many customers: looked up by customer, if there are too many calls to look at all.
SELECT {contact_columns}
{contacts_by_customer}
ORDER BY lone_caller, c.source, c.call_id, c.visit;

-- name: contacts_of_day
-- The visits of contacts in their order. Customers with one call of one visit come first: for each queue and two hours,
-- their customer or number, start and reason as JSON. Reading thousands of rows takes longer than counting them.
{contacts_to_group} {contacts_by_entry}), {single_contacts};

-- name: sampled_contacts_of_day
-- As contacts_of_day, from sampled_contacts.
{contacts_to_group} {contacts_by_customer}), {single_contacts};

-- name: contacts_of_calls
-- Visits as contacts has them, with their numbers: all of the phone calls that some visits belong to.
WITH phone_calls AS MATERIALIZED (
    SELECT DISTINCT c.source, c.call_id {given_calls}
)
SELECT NULL AS lone_caller, {visit_columns}, c.id
FROM phone_calls AS p CROSS JOIN calls AS c ON c.source = p.source AND c.call_id = p.call_id
{of_sampled_customers}
ORDER BY c.source, c.call_id, c.visit;

-- name: callers_of_day
-- The visits of contacts of the business day, with their customers and phone numbers, those after the moment included.
SELECT c.id, c.customer_id, c.caller {calls_by_entry}
WHERE {is_of_day} AND c.direction = 'inbound' AND {is_in_sample};

-- name: callers_of_calls
-- The same of some calls, whatever their day and direction.
SELECT c.id, c.customer_id, c.caller {given_calls};

-- name: contact_reasons
-- Why customers call.
SELECT id, name, product, is_problem FROM contact_reasons ORDER BY id;

-- name: reason_counts
-- Answered inbound calls of a stretch by half hours from its start and reason noted by their end (NULL: none), as they
-- were at a moment.
{reasons_of_calls}
    {calls_by_entry}
    {answered_calls};

-- name: reason_counts_of_calls
-- As reason_counts, of some calls alone.
{reasons_of_calls}
    {given_calls}
    {answered_calls};

-- name: unfinished_calls_of_day
-- Calls of the business day of which a moment is still to come, or that ended after :ended_by: their reason may still be
-- noted.
SELECT c.id {calls_by_entry}
WHERE {is_of_day} AND {is_unfinished};

-- name: unfinished_calls
-- The same of some calls.
SELECT c.id {given_calls}
WHERE {is_of_day} AND {is_unfinished};

-- name: last_call
-- The highest number of a call; 0 where there is none.
SELECT coalesce(max(id), 0) AS last FROM calls;

-- name: notes_of_calls
-- Whether a reason of some calls is noted, and whether one of them may have kept its customer (kept_customers).
SELECT
    EXISTS (SELECT 1 FROM json_each(:calls) AS given CROSS JOIN call_reasons AS r ON r.call_id = given.value) AS reasons,
    EXISTS (
        SELECT 1 {given_calls}
        WHERE lower(c.disposition) = 'kept' OR EXISTS (SELECT 1 FROM sales AS s WHERE s.call_id = c.id)) AS kept;

-- name: later_orders
-- Whether mere passing of time changes the orders of a business day or of some customers: one of them is dated later,
-- or cancelled later.
SELECT EXISTS (SELECT 1 FROM sales WHERE sold_at > :at)
    OR EXISTS (SELECT 1 FROM sales WHERE sold_at >= :day_starts_at AND sold_at < :day_ends_at AND cancelled_at > :at)
    OR EXISTS (
        SELECT 1 FROM json_each(:customers) AS j CROSS JOIN sales AS s
        WHERE s.customer_id = j.value AND s.cancelled_at > :at) AS later;

-- name: customers_by_reason
-- Customers of the answered inbound calls of the business day by recorded reason, the latest first.
SELECT r.reason_id, c.customer_id, u.name AS customer, coalesce(u.phone, c.caller) AS phone, count(*) AS calls,
    max(c.entered_at) AS last_at, coalesce(a.name, a.login) AS agent
FROM calls AS c INDEXED BY calls_by_entry
    JOIN call_reasons AS r ON r.call_id = c.id AND r.is_primary = 1 JOIN customers AS u ON u.id = c.customer_id
    LEFT JOIN agents AS a ON a.id = c.agent_id
WHERE c.entered_at >= :day_starts_at AND c.entered_at < :day_ends_at AND c.entered_at <= :at AND c.direction = 'inbound'
    AND c.served_at <= :at AND c.ended_at <= :at
GROUP BY r.reason_id, c.customer_id
ORDER BY max(c.entered_at) DESC;

-- name: survey_answers
-- Answers for the calls of a stretch by queue, agent, question and score, from the kept counts; NULL: no single agent.
SELECT queue_id, agent_id, question, scale, score, count(*) AS answers
FROM counted_answers
WHERE since_at >= :since AND since_at < :until AND answered_at <= :at
GROUP BY 1, 2, 3, 4, 5;

-- name: survey_invitations
-- Invitations delivered for the calls of a stretch by queue and agent, and how many were answered, from kept counts.
SELECT queue_id, agent_id, count(*) AS invited, sum(answered) AS answered
FROM counted_invitations
WHERE since_at >= :since AND since_at < :until AND sent_at <= :at
GROUP BY 1, 2;

-- name: low_scores
-- Low satisfaction scores given in the business day, the latest first, by customers who have since neither talked with
-- anybody nor been promised a call.
SELECT {low_score_columns}
FROM {low_scores_with_names}
WHERE {is_low_score_of_day}
    AND NOT EXISTS (
        SELECT 1 FROM follow_ups AS f
        WHERE f.customer_id = u.id AND f.created_at <= :at AND (f.created_at >= s.answered_at OR f.call_id = s.call_id))
    AND NOT EXISTS (
        SELECT 1 FROM calls AS l
        WHERE l.customer_id = u.id AND l.entered_at >= s.answered_at AND l.served_at <= :at)
ORDER BY s.answered_at DESC, s.id DESC;

-- name: customers_with_first_seller
-- Some customers, and the agent who first sold to each.
SELECT u.id, u.name, u.phone, (
    SELECT s.agent_id FROM sales AS s
    WHERE s.customer_id = u.id AND {stands} ORDER BY s.sold_at, s.id LIMIT 1) AS agent_id
FROM json_each(:customers) AS j JOIN customers AS u ON u.id = j.value;

-- name: new_customers
-- Customers whose first order, not counting those cancelled by a moment, is in a stretch, and what they bought in it.
SELECT count(DISTINCT s.customer_id) AS customers,
    coalesce(sum({site_cents}), 0) AS revenue_cents
FROM site CROSS JOIN sales AS s
WHERE s.sold_at >= :since AND s.sold_at < :until AND s.customer_id IS NOT NULL
    AND {stands}
    AND NOT EXISTS (
        SELECT 1 FROM sales AS e
        WHERE e.customer_id = s.customer_id AND e.sold_at < :since
            AND (e.cancelled_at IS NULL OR e.cancelled_at > :at));

-- name: kept_customers
-- Customers of the retention calls of a stretch who stayed, as known at a moment (disposition "kept", or an order on
-- the call), and the revenue of those orders.
SELECT count(DISTINCT coalesce(c.customer_id, -c.id)) AS customers, coalesce(sum(found.cents), 0) AS revenue_cents
FROM (
    SELECT id, 0 AS cents FROM calls
    WHERE lower(disposition) = 'kept' AND entered_at >= :since AND entered_at < :until AND ended_at <= :at
    UNION ALL
    SELECT s.call_id, {site_cents}
    FROM site CROSS JOIN sales AS s
    WHERE s.sold_at >= :since AND s.sold_at <= :at AND s.call_id IS NOT NULL
        AND {stands}
) AS found CROSS JOIN calls AS c ON c.id = found.id
    LEFT JOIN queues AS q ON q.id = c.queue_id LEFT JOIN campaigns AS m ON m.id = c.campaign_id
WHERE c.entered_at >= :since AND c.entered_at < :until AND c.served_at <= :at
    AND coalesce(q.purpose, m.purpose) = 'retention' AND (c.direction = 'inbound' OR c.right_party IS 1);

-- name: retention_customers_reached
-- Customers reached by a call of a retention campaign in a stretch, as known at a moment, and when.
SELECT c.customer_id, c.entered_at AS at
FROM campaigns AS m CROSS JOIN calls AS c
WHERE m.purpose = 'retention' AND c.campaign_id = m.id AND c.right_party = 1 AND c.entered_at >= :since
    AND c.entered_at < :until AND c.served_at <= :at AND c.direction = 'outbound' AND c.customer_id IS NOT NULL;

-- name: last_talks
-- Customers with a promised call not yet made at a moment, and when they last talked with the centre.
SELECT f.customer_id, max(c.served_at) AS talked_at
FROM (
    SELECT customer_id, created_at FROM follow_ups WHERE done_at IS NULL AND due_at < :day_starts_at
    UNION SELECT customer_id, created_at FROM follow_ups WHERE done_at > :at
    UNION SELECT customer_id, created_at FROM follow_ups
    WHERE id IN (SELECT subject_id FROM audit WHERE subject = 'follow_up' AND acted_at > :at)
) AS f CROSS JOIN calls AS c
WHERE f.created_at <= :at AND c.customer_id = f.customer_id AND c.entered_at >= f.created_at AND c.served_at <= :at
GROUP BY f.customer_id;

-- name: fruitless_attempts
-- Customers called twice or more in the finished business days of a stretch and never reached, who had bought or called
-- before and have not talked with the centre in those days: the attempts, the first, the last and its agent.
SELECT a.customer_id, a.attempts, a.first_at, a.last_at, a.agent_id
FROM (
    SELECT c.customer_id, {attempt_columns}
    FROM calls AS c
    WHERE c.entered_at >= :since AND c.entered_at < :day_starts_at AND c.entered_at <= :at AND c.direction = 'outbound'
        AND c.customer_id IS NOT NULL
    GROUP BY c.customer_id
    HAVING {never_reached}
) AS a
WHERE NOT EXISTS (
        SELECT 1 FROM calls AS c
        WHERE c.customer_id = a.customer_id AND c.entered_at >= a.first_at AND c.entered_at < :day_starts_at
            AND c.direction = 'inbound' AND c.served_at <= :at)
    AND {known_before};

-- name: customers_attempted_today
-- Customers called in the business day, twice or more in a stretch and never reached, who have bought or called before:
-- the attempts, the last one and its agent. Customers who talked with the centre since the first attempt are left out.
WITH attempted AS MATERIALIZED (
    SELECT c.customer_id
    FROM calls AS c
    WHERE c.entered_at >= :day_starts_at AND c.entered_at <= :at AND c.direction = 'outbound' AND c.customer_id IS NOT NULL
    GROUP BY c.customer_id
    HAVING {reached} = 0
)
SELECT a.customer_id, {unresolved_columns}
FROM (
    SELECT c.customer_id, {attempt_columns}
    FROM attempted CROSS JOIN calls AS c INDEXED BY calls_by_customer
    WHERE c.customer_id = attempted.customer_id AND c.entered_at >= :since AND c.entered_at <= :at
        AND c.direction = 'outbound'
    GROUP BY c.customer_id
    HAVING {never_reached}
) AS a {who_must_not_be_given_up}
WHERE NOT EXISTS (
        SELECT 1 FROM calls AS c
        WHERE c.customer_id = a.customer_id AND c.entered_at >= a.first_at
            AND c.direction = 'inbound' AND c.served_at <= :at)
    AND {known_before}
ORDER BY a.last_at DESC, a.customer_id;

-- name: customers_attempted_before
-- As customers_attempted_today, for finished days: those given (`fruitless_attempts`) who were not called today.
SELECT a.customer_id, {unresolved_columns}
FROM (
    SELECT json_extract(value, '$[0]') AS customer_id, json_extract(value, '$[1]') AS attempts,
        json_extract(value, '$[3]') AS last_at, json_extract(value, '$[4]') AS agent_id
    FROM json_each(:fruitless)
) AS a {who_must_not_be_given_up}
WHERE NOT EXISTS (
        SELECT 1 FROM calls AS c
        WHERE c.customer_id = a.customer_id AND c.entered_at >= :day_starts_at
            AND iif(c.direction = 'inbound', c.served_at <= :at, c.entered_at <= :at));

-- name: repeated_problems
-- Customers who reported problems twice or more in the finished business days of a stretch, the last time not before a
-- later moment: how often, the first and the last time, and the agent of the last.
WITH lately AS MATERIALIZED (
    SELECT DISTINCT l.customer_id
    FROM calls AS l INDEXED BY calls_by_entry {about_problem}
    WHERE l.entered_at >= :lately AND l.entered_at < :day_starts_at AND {told_of_problem}
)
SELECT {problem_columns}
FROM lately CROSS JOIN calls AS l INDEXED BY calls_by_customer {about_problem}
WHERE l.customer_id = lately.customer_id AND l.entered_at >= :since AND l.entered_at < :day_starts_at AND {told_of_problem}
GROUP BY l.customer_id
HAVING problems >= 2;

-- name: customers_with_problems_today
-- Customers who reported problems in the business day, and twice or more in a stretch, with no follow-up promised since
-- the first of these calls.
WITH lately AS MATERIALIZED (
    SELECT DISTINCT l.customer_id
    FROM calls AS l INDEXED BY calls_by_entry {about_problem}
    WHERE l.entered_at >= :day_starts_at AND {told_of_problem}
),
a AS MATERIALIZED (
    SELECT {problem_columns}
    FROM lately CROSS JOIN calls AS l INDEXED BY calls_by_customer {about_problem}
    WHERE l.customer_id = lately.customer_id AND l.entered_at >= :since AND {told_of_problem}
    GROUP BY l.customer_id
    HAVING problems >= 2
)
SELECT a.customer_id, {repeated_problem_columns}
FROM a {who_must_not_be_given_up}
WHERE {nothing_promised}
ORDER BY a.last_at DESC, a.customer_id;

-- name: customers_with_problems_before
-- As customers_with_problems_today, for finished days: those given (`repeated_problems`) who reported none today.
WITH a AS MATERIALIZED (
    SELECT json_extract(value, '$[0]') AS customer_id, json_extract(value, '$[1]') AS problems,
        json_extract(value, '$[2]') AS first_at, json_extract(value, '$[3]') AS last_at,
        json_extract(value, '$[4]') AS agent_id
    FROM json_each(:problems)
)
SELECT a.customer_id, {repeated_problem_columns}
FROM a {who_must_not_be_given_up}
WHERE {nothing_promised}
    AND NOT EXISTS (
        SELECT 1 FROM calls AS l INDEXED BY calls_by_customer {about_problem}
        WHERE l.customer_id = a.customer_id AND l.entered_at >= :day_starts_at AND {told_of_problem});

-- name: hourly_costs
-- The hourly cost of each agent.
SELECT id AS agent_id, hourly_cost_cents FROM agents WHERE hourly_cost_cents IS NOT NULL;

-- name: investments
-- Investments, for comparison with the centre, that had begun by a date.
SELECT name, goal, starts_on, ends_on, cost_cents, revenue_cents, customers_won, customers_kept
FROM investments WHERE starts_on <= :date
ORDER BY id;

-- name: stored_parts
-- Stored parts of finished days that may be valid: up to which row of the change log they are, and their inputs.
SELECT c.part, c.read_to, p.made_of FROM stored_part_checks AS c JOIN stored_parts AS p ON p.part = c.part;

-- name: stored_part_checks
-- Up to which row of the change log each part is valid.
SELECT part, read_to FROM stored_part_checks;

-- name: stored_part_fields
-- The fields of a part.
SELECT fields FROM stored_parts WHERE part = :part;

-- name: has_later_cancellations
-- 1 if any order is cancelled only after a moment.
SELECT EXISTS (SELECT 1 FROM sales WHERE cancelled_at > :at);

-- name: store_part
-- Stores a part, replacing what was stored.
INSERT OR REPLACE INTO stored_parts (part, made_of, fields) VALUES (:part, :made_of, :fields);

-- name: set_stored_part_check
-- Notes up to which row of the change log a part is valid.
INSERT OR REPLACE INTO stored_part_checks (part, read_to) VALUES (:part, :read_to);

-- name: delete_stored_part_check
-- Notes that a part is no longer valid.
DELETE FROM stored_part_checks WHERE part = :part;
