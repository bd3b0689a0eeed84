-- Each agent with team and client.
SELECT a.id, a.login, coalesce(a.name, a.login), a.team_id, t.name, c.name, a.active
FROM agents AS a LEFT JOIN teams AS t ON t.id = a.team_id LEFT JOIN clients AS c ON c.id = t.client_id
ORDER BY a.id;
