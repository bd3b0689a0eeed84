-- Each team with its client.
SELECT t.id, t.name, c.name, c.id FROM teams AS t LEFT JOIN clients AS c ON c.id = t.client_id ORDER BY t.name;
