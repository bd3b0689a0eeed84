-- A contact reason that a table of calls names.
INSERT INTO contact_reasons (name) VALUES (?) ON CONFLICT (name) DO NOTHING;
