-- What is expected of the centre, a client, a team, an agent or a campaign, from a date on.
INSERT INTO quotas (scope, scope_id, period, starts_on, sales, revenue_cents, conversion)
VALUES (?1, CASE ?1 WHEN 'client' THEN (SELECT id FROM clients WHERE name = ?2)
    WHEN 'team' THEN (SELECT id FROM teams WHERE name = ?2)
    WHEN 'agent' THEN (SELECT id FROM agents WHERE login = ?2)
    WHEN 'campaign' THEN (SELECT id FROM campaigns WHERE name = ?2) ELSE 0 END, ?3, ?4, ?5, ?6, ?7)
ON CONFLICT (scope, scope_id, period, starts_on)
DO UPDATE SET sales = excluded.sales, revenue_cents = excluded.revenue_cents, conversion = excluded.conversion;
