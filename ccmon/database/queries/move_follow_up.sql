-- The agent moves a call back; the promised moment stays.
UPDATE follow_ups SET due_at = ?2 WHERE id = ?1;
