-- The investment of that name.
SELECT id, name, goal, starts_on, ends_on, cost_cents, revenue_cents, customers_won, customers_kept FROM investments
WHERE name = :name;
