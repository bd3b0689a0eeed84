-- An outbound campaign.
INSERT INTO campaigns (name, client_id, purpose, starts_on, ends_on)
VALUES (:name, (SELECT id FROM clients WHERE name = :client), :purpose, :starts_on, :ends_on);
