-- The smallest change that another process can make: a sign of life of a source.
INSERT INTO progress (task, done, total) VALUES ('benchmark', :number, 100)
ON CONFLICT (task) DO UPDATE SET done = excluded.done;
