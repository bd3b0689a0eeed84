-- A pause that lasted no time.
DELETE FROM queue_pauses WHERE id = ?;
