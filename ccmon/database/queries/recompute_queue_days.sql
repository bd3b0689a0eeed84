-- Give every business day that has targets the queues' present ones.
UPDATE queue_days
SET (service_level_threshold_ms, service_level_target, short_abandon_ms) = (
    SELECT service_level_threshold_ms, service_level_target, short_abandon_ms FROM queues WHERE id = queue_id
)
WHERE queue_id IN (SELECT id FROM queues);
