-- How an agent is shown, unless the site has said so.
UPDATE agents SET name = coalesce(name, ?) WHERE login = ?;
