-- The queue of that name.
SELECT id, name, client_id, purpose, service_level_threshold_ms, service_level_target, short_abandon_ms,
    handling_target_ms
FROM queues WHERE name = :name;
