-- How many rows a call has had by now.
INSERT INTO seen_calls (name, visits) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET visits = excluded.visits;
