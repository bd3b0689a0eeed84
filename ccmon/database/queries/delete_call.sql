-- A row that became part of another.
DELETE FROM calls WHERE id = :id;
