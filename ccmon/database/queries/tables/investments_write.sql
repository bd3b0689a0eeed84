-- Something else that money was spent on.
INSERT INTO investments (id, name, goal, starts_on, ends_on, cost_cents, revenue_cents, customers_won, customers_kept)
VALUES (:id, :name, :goal, :starts_on, :ends_on, :cost_cents, :revenue_cents, :customers_won, :customers_kept)
ON CONFLICT (id) DO UPDATE SET
    goal = excluded.goal,
    starts_on = excluded.starts_on,
    ends_on = excluded.ends_on,
    cost_cents = excluded.cost_cents,
    revenue_cents = excluded.revenue_cents,
    customers_won = excluded.customers_won,
    customers_kept = excluded.customers_kept;
