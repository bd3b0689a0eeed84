-- Campaigns by name.
SELECT name, id FROM campaigns;
