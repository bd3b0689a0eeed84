-- A pause in one queue.
INSERT INTO queue_pauses (id, queue_id, agent_id, reason, started_at, ended_at, source) VALUES (?, ?, ?, ?, ?, ?, ?);
