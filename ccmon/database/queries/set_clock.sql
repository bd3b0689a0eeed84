-- The clock of a simulated floor: floor time against real time.
INSERT INTO clock (id, real_at, floor_at, speed) VALUES (1, :real_at, :floor_at, :speed)
ON CONFLICT (id) DO UPDATE SET real_at = excluded.real_at, floor_at = excluded.floor_at, speed = excluded.speed;
