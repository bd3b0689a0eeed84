-- Each client company.
SELECT id, name FROM clients ORDER BY id;
