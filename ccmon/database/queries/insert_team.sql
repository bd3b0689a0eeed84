-- A team of a client, or of none.
INSERT INTO teams (name, client_id) VALUES (:name, (SELECT id FROM clients WHERE name = :client));
