-- The customer of that reference.
SELECT id FROM customers WHERE reference = ?;
