-- An agent met for the first time.
INSERT INTO agents (login) VALUES (?) ON CONFLICT (login) DO UPDATE SET login = login RETURNING id;
