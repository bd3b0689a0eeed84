-- The day quotas that hold on a date: of each scope the latest that has started.
SELECT scope, scope_id, sales, revenue_cents, conversion, max(starts_on)
FROM quotas WHERE period = 'day' AND starts_on <= :date
GROUP BY scope, scope_id;
