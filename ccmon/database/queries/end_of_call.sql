-- When a call ended.
SELECT ended_at FROM calls WHERE id = :id;
