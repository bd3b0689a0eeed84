-- One more row of a name; how many it has had with it.
INSERT INTO seen_calls (name) VALUES (?) ON CONFLICT (name) DO UPDATE SET visits = visits + 1 RETURNING visits;
