-- What an hour of each agent costs.
SELECT id, hourly_cost_cents FROM agents WHERE hourly_cost_cents IS NOT NULL;
