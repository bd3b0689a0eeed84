-- The client of that name.
SELECT id, name FROM clients WHERE name = :name;
