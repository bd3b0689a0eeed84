-- Each campaign with its client.
SELECT m.id, m.name, m.purpose, c.name, m.starts_on, m.ends_on, m.client_id
FROM campaigns AS m LEFT JOIN clients AS c ON c.id = m.client_id
ORDER BY m.name;
