-- How far long work behind the screen has come.
INSERT INTO progress (task, done, total) VALUES (:task, :done, :total)
ON CONFLICT (task) DO UPDATE SET done = excluded.done, total = excluded.total;
