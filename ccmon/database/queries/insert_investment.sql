-- What else the same money buys.
INSERT INTO investments (name, goal, starts_on, ends_on, cost_cents, revenue_cents, customers_won, customers_kept)
VALUES (:name, :goal, :starts_on, :ends_on, :cost_cents, :revenue_cents, :customers_won, :customers_kept);
