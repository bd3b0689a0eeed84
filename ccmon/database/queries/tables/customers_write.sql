-- A customer.
INSERT INTO customers (id, reference, name, phone) VALUES (:id, :reference, :name, :phone)
ON CONFLICT (id) DO UPDATE SET name = excluded.name, phone = excluded.phone;
