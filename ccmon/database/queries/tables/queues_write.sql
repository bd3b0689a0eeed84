-- A queue.
INSERT INTO queues (id, name, client_id, purpose, service_level_threshold_ms, service_level_target, short_abandon_ms,
                    handling_target_ms)
VALUES (:id, :name, :client_id, :purpose, :service_level_threshold_ms, :service_level_target, :short_abandon_ms,
        :handling_target_ms)
ON CONFLICT (id) DO UPDATE SET
    client_id = excluded.client_id,
    purpose = excluded.purpose,
    service_level_threshold_ms = excluded.service_level_threshold_ms,
    service_level_target = excluded.service_level_target,
    short_abandon_ms = excluded.short_abandon_ms,
    handling_target_ms = excluded.handling_target_ms;
