-- What became of a visit. What others wrote beside it stays.
UPDATE calls
SET agent_id = ?2, answered_at = ?3, ended_at = ?4, outcome = ?5, ended_by = ?6, hold_ms = ?7, wrapping_up = ?8,
    wrapped_up_at = ?9, disposition = coalesce(?10, disposition), right_party = coalesce(?11, right_party)
WHERE id = ?1;
