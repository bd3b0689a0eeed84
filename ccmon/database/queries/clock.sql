-- The clock of a simulated floor: no row for a real one.
SELECT real_at, floor_at, speed FROM clock WHERE id = 1;
