-- Why customers call; two queues may share a reason.
INSERT INTO contact_reasons (name, product, is_problem) VALUES (:name, :product, :is_problem) ON CONFLICT (name) DO NOTHING;
