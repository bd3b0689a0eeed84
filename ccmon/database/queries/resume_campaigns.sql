-- One row a campaign.
SELECT id, name FROM campaigns;
