-- Each team with its client's name.
SELECT t.id, t.name, c.name FROM teams AS t LEFT JOIN clients AS c ON c.id = t.client_id ORDER BY t.name;
