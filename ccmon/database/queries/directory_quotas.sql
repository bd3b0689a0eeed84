-- The quotas that hold on a date: of each period and scope the latest that has started.
SELECT period, scope, scope_id, sales, revenue_cents, conversion, max(starts_on)
FROM quotas WHERE starts_on <= :date
GROUP BY period, scope, scope_id;
