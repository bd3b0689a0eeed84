-- A quota.
INSERT INTO quotas (scope, scope_id, period, starts_on, sales, revenue_cents, conversion)
VALUES (:scope, :scope_id, :period, :starts_on, :sales, :revenue_cents, :conversion)
ON CONFLICT (scope, scope_id, period, starts_on) DO UPDATE SET
    sales = excluded.sales,
    revenue_cents = excluded.revenue_cents,
    conversion = excluded.conversion;
