-- Somebody whom the centre knows, the first time they are met.
INSERT INTO customers (id, reference, name, phone) VALUES (?1, ?2, ?3, ?4) ON CONFLICT (id) DO NOTHING;
