-- The team of that name.
SELECT id, name, client_id FROM teams WHERE name = :name;
