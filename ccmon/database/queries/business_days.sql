-- Business days, and what earlier days show of today's hours and usual load.

-- name: business_day
-- The business day that contains a moment.
SELECT date, starts_at, ends_at FROM business_days WHERE starts_at <= :at ORDER BY starts_at DESC LIMIT 1;

-- name: business_days
-- All business days, the oldest first.
SELECT date, starts_at, ends_at FROM business_days ORDER BY starts_at;

-- name: previous_business_days
-- The business days before one, the latest first: 63 contain eight of the same weekday even if some are missing.
SELECT date, starts_at, ends_at FROM business_days WHERE starts_at < :day_starts_at ORDER BY starts_at DESC LIMIT 63;

-- name: business_days_end
-- The end of the last business day that is filled in; 0 if there is none.
SELECT coalesce(max(ends_at), 0) AS ends_at FROM business_days;

-- name: insert_business_day
-- A business day, unless it is there.
INSERT INTO business_days (starts_at, ends_at, date) VALUES (:starts_at, :ends_at, :date)
ON CONFLICT (starts_at) DO NOTHING;

-- name: delete_business_days
-- The site's time zone, its rules or the day's start have changed. Targets of days keep their keys; the rebuild that
-- follows deletes those of days that no longer exist.
DELETE FROM business_days;

-- name: past_day_quarters
-- The quarters of an hour of a past stretch with calls, per queue. (For a join of queues SQLite would make a Bloom filter
-- of all quarters of all days.)
SELECT t.queue_id, t.quarter_at, t.offered, t.answered, t.handled, t.talk_ms + t.hold_ms + t.wrap_up_ms AS handling_ms
FROM queue_quarters AS t
WHERE t.queue_id IN (SELECT id FROM queues) AND t.quarter_at >= :starts_at AND t.quarter_at < :ends_at
ORDER BY t.queue_id, t.quarter_at;

-- name: past_day_edges
-- The first and the last quarter of an hour of a past stretch that has calls; no row without any.
SELECT min(quarter_at) AS first_at, max(quarter_at) AS last_at
FROM queue_quarters
WHERE queue_id IN (SELECT id FROM queues) AND quarter_at >= :starts_at AND quarter_at < :ends_at
GROUP BY :starts_at;

-- name: calls_of_quarters
-- How many calls came in each quarter of an hour since a moment.
SELECT t.quarter_at, sum(t.offered) AS offered
FROM queue_quarters AS t
WHERE t.queue_id IN (SELECT id FROM queues) AND t.quarter_at >= :since
GROUP BY t.quarter_at;

-- name: opening_hours
-- The opening hours that the site has set, by weekday.
SELECT weekday, hours FROM opening_hours;

-- name: hours_of_holidays
-- The opening hours of holidays, by day.
SELECT day, hours FROM holidays;

-- name: shift_edges
-- The first start and the last end of the shifts of a business day; no row without any.
SELECT min(starts_at) AS first_at, max(ends_at) AS last_at
FROM shifts WHERE starts_at >= :day_starts_at AND starts_at < :day_ends_at
GROUP BY :day_starts_at;
