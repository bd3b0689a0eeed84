-- The site itself: its one row, its clock, and long work behind the screen.

-- name: site
-- The one row that says what this site is.
SELECT name, time_zone, day_starts_ms, currency, follow_up_grace_ms, max_open_ms FROM site WHERE id = 1;

-- name: insert_site
-- The one row that says what this site is.
INSERT INTO site (id, name, time_zone, currency, day_starts_ms, created_at)
VALUES (1, :name, :time_zone, :currency, :day_starts_ms, :created_at);

-- name: site_move
-- The database to which the site was moved, and when; no row: this one is in force.
SELECT moved_to AS database, moved_at AS at FROM site WHERE id = 1 AND moved_to IS NOT NULL AND moved_at IS NOT NULL;

-- name: note_site_move
-- To which database the site was moved, and when; NULL: this one is in force.
UPDATE site SET moved_to = :database, moved_at = :at WHERE id = 1;

-- name: clock
-- The clock of a simulated floor: no row for a real one.
SELECT real_at, floor_at, speed FROM clock WHERE id = 1;

-- name: progress
-- Long work behind the screen. Work that has not advanced for a quarter of an hour has been abandoned.
SELECT task, done, total FROM progress
WHERE done < total AND noted_at > CAST(strftime('%s', 'now') AS INTEGER) * 1000 - 900000
ORDER BY task;

-- name: set_progress
-- The progress of long work behind the screen.
INSERT INTO progress (task, done, total, noted_at) VALUES (:task, :done, :total, :noted_at)
ON CONFLICT (task) DO UPDATE SET done = excluded.done, total = excluded.total, noted_at = excluded.noted_at;

-- name: end_progress
-- Long work is over.
DELETE FROM progress WHERE task = :task;

-- name: insert_configuration_change
-- What an act of a person changed of the configuration.
INSERT INTO configuration_changes (changed_at, who, act, kind, name, before, after, holds_from)
VALUES (:changed_at, :who, :act, :kind, :name, :before, :after, :holds_from);

-- name: configuration_changes
-- What was changed of the configuration since a moment, the oldest first.
SELECT changed_at, who, act, kind, name, before, after, holds_from FROM configuration_changes
WHERE changed_at >= :since ORDER BY id;

-- name: history
-- What a database has recorded: how many calls, sales and follow-ups.
SELECT
    (SELECT count(*) FROM calls) AS calls,
    (SELECT count(*) FROM sales) AS sales,
    (SELECT count(*) FROM follow_ups) AS follow_ups;

-- name: recorded
-- Whether the database has any call, any order, and any order that names its customer.
SELECT EXISTS (SELECT 1 FROM calls) AS calls,
    EXISTS (SELECT 1 FROM sales) AS orders,
    EXISTS (SELECT 1 FROM sales WHERE customer_id IS NOT NULL) AS buyers;
