-- Who missed the first part of a visit.
UPDATE missed_calls SET call_id = :id WHERE call_id = :earlier;
