-- The answer of a visit whose beginning and end were known.
UPDATE calls SET answered_at = :answered_at, agent_id = :agent_id WHERE id = :id;
