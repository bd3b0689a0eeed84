-- The primary reason that a call had, where the table now names another.
DELETE FROM call_reasons
WHERE is_primary = 1 AND call_id = (SELECT id FROM calls WHERE source = ?1 AND call_id = ?2 AND visit = ?3)
    AND reason_id <> (SELECT id FROM contact_reasons WHERE name = ?4);
