-- Why customers call.
SELECT id, name, product, is_problem FROM contact_reasons ORDER BY id;
