-- The end of a running membership.
UPDATE queue_members SET static = ?2, ended_at = ?3 WHERE id = ?1;
