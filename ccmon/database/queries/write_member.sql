-- A membership.
INSERT INTO queue_members (id, queue_id, agent_id, static, started_at, ended_at, source) VALUES (?, ?, ?, ?, ?, ?, ?);
