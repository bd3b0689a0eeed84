-- An agent.
INSERT INTO agents (id, login, name, team_id, hourly_cost_cents, active)
VALUES (:id, :login, :name, :team_id, :hourly_cost_cents, :active)
ON CONFLICT (id) DO UPDATE SET
    name = excluded.name,
    team_id = excluded.team_id,
    hourly_cost_cents = excluded.hourly_cost_cents,
    active = excluded.active;
