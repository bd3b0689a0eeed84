-- The customer of that reference; for a row without one, the customer of that number who has none either.
SELECT id, reference, name, phone FROM customers
WHERE reference = :reference OR (:reference IS NULL AND reference IS NULL AND phone = :phone)
ORDER BY id LIMIT 1;
