-- A client company.
INSERT INTO clients (name) VALUES (:name) ON CONFLICT (name) DO NOTHING;
