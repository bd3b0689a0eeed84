-- A contact reason.
INSERT INTO contact_reasons (id, name, product, is_problem) VALUES (:id, :name, :product, :is_problem)
ON CONFLICT (id) DO UPDATE SET product = excluded.product, is_problem = excluded.is_problem;
