-- A call back is settled; the first time counts.
UPDATE follow_ups SET done_at = ?2, outcome = ?3 WHERE id = ?1 AND (done_at IS NULL OR done_at > ?2);
