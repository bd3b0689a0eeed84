-- Teams by name.
SELECT name, id FROM teams;
