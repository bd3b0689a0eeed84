-- That reason of that call.
SELECT call_id, reason_id, is_primary FROM call_reasons WHERE call_id = :call_id AND reason_id = :reason_id;
