-- A campaign met for the first time.
INSERT INTO campaigns (name) VALUES (?) ON CONFLICT (name) DO UPDATE SET name = name RETURNING id;
