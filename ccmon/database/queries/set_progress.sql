-- How far long work behind the screen has come.
INSERT INTO progress (task, done, total, noted_at) VALUES (:task, :done, :total, :noted_at)
ON CONFLICT (task) DO UPDATE SET done = excluded.done, total = excluded.total, noted_at = excluded.noted_at;
