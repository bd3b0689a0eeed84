-- An earlier beginning of a pause.
UPDATE queue_pauses SET started_at = ?2 WHERE id = ?1;
