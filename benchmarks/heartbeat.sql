-- The smallest change that a follower makes: a sign of life.
INSERT INTO sources (name, kind, following, checked_at) VALUES ('benchmark', 'ami', 1, :at)
ON CONFLICT (name) DO UPDATE SET checked_at = excluded.checked_at;
