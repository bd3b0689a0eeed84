-- A campaign.
INSERT INTO campaigns (id, name, client_id, purpose, starts_on, ends_on)
VALUES (:id, :name, :client_id, :purpose, :starts_on, :ends_on)
ON CONFLICT (id) DO UPDATE SET
    client_id = excluded.client_id,
    purpose = excluded.purpose,
    starts_on = excluded.starts_on,
    ends_on = excluded.ends_on;
