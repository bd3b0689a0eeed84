-- An earlier beginning of a membership.
UPDATE queue_members SET started_at = ?2, static = ?3 WHERE id = ?1;
