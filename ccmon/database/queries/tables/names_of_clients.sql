-- Clients by name.
SELECT name, id FROM clients;
