-- The quota of that scope and period which starts on that day.
SELECT scope, scope_id, period, starts_on, sales, revenue_cents, conversion FROM quotas
WHERE scope = :scope AND scope_id = :scope_id AND period = :period AND starts_on = :starts_on;
