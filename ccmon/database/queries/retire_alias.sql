-- A name that turned out to be another agent's, and of which nobody has told more, is no agent to be shown.
UPDATE agents SET active = 0 WHERE login = ? AND id <> ? AND name IS NULL AND team_id IS NULL AND active = 1;
