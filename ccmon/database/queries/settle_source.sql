-- A finished source, as old as its data.
UPDATE sources SET started_at = :started_at, checked_at = :checked_at WHERE name = :name;
