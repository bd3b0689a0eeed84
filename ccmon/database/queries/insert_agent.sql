-- An agent of a team.
INSERT INTO agents (login, name, team_id, hourly_cost_cents)
VALUES (:login, :name, (SELECT id FROM teams WHERE name = :team), :hourly_cost_cents);
