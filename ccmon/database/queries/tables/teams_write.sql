-- A team.
INSERT INTO teams (id, name, client_id) VALUES (:id, :name, :client_id)
ON CONFLICT (id) DO UPDATE SET client_id = excluded.client_id;
