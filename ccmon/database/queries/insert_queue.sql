-- A queue with its targets.
INSERT INTO queues (name, client_id, purpose, service_level_threshold_ms, service_level_target, handling_target_ms)
VALUES (:name, (SELECT id FROM clients WHERE name = :client), :purpose, :threshold_ms, :target, :handling_target_ms);
