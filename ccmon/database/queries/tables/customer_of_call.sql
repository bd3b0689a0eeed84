-- A customer whom a table of calls names.
INSERT INTO customers (reference) VALUES (?) ON CONFLICT (reference) DO NOTHING;
