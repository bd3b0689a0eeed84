-- Changes when names, teams, targets, campaigns, pause reasons or quotas do.
-- A name that is exchanged for one of equal length may not show.
SELECT
    (SELECT count(*) || ' ' || max(id) || ' ' || sum(length(name)) FROM clients),
    (SELECT count(*) || ' ' || max(id) || ' ' || sum(length(name) + 1000 * coalesce(client_id, 0)) FROM teams),
    (SELECT count(*) || ' ' || max(id) || ' ' || sum(active) || ' '
        || sum(length(login) + 1000 * coalesce(length(name), 0) + 100000 * id * coalesce(team_id, 0)) FROM agents),
    (SELECT group_concat(name || coalesce(purpose, '') || coalesce(client_id, 0) || ' ' || service_level_threshold_ms
        || ' ' || service_level_target || ' ' || short_abandon_ms || ' ' || coalesce(handling_target_ms, 0))
        FROM queues),
    (SELECT count(*) || ' ' || max(id) || ' ' || sum(length(name) + 1000 * coalesce(client_id, 0)) FROM campaigns),
    (SELECT group_concat(reason || coalesce(limit_ms, 0)) FROM pause_reasons),
    (SELECT count(*) || ' ' || total(sales) || ' ' || total(revenue_cents) || ' ' || total(conversion) FROM quotas),
    (SELECT coalesce(name, '') || coalesce(currency, '') || follow_up_grace_ms || ' ' || max_open_ms FROM site);
