-- Each queue with its client and present targets.
SELECT q.id, q.name, q.purpose, c.name, q.service_level_threshold_ms, q.service_level_target, q.short_abandon_ms,
    q.handling_target_ms
FROM queues AS q LEFT JOIN clients AS c ON c.id = q.client_id
ORDER BY q.id;
