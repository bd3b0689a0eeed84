-- The end of a running pause.
UPDATE queue_pauses SET ended_at = ?2 WHERE id = ?1;
