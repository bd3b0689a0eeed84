-- The campaign of that name.
SELECT id, name, client_id, purpose, starts_on, ends_on FROM campaigns WHERE name = :name;
