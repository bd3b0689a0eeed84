-- What else the same money buys, of what had begun by a date.
SELECT name, goal, starts_on, ends_on, cost_cents, revenue_cents, customers_won, customers_kept
FROM investments WHERE starts_on <= :date
ORDER BY id;
