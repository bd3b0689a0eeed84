-- The contact reason of that name.
SELECT id, name, product, is_problem FROM contact_reasons WHERE name = :name;
