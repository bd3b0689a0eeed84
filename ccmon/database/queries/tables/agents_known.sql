-- The agent of that login.
SELECT id, login, name, team_id, hourly_cost_cents, active FROM agents WHERE login = :login;
