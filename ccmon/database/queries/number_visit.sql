-- Another number of a visit.
UPDATE calls SET visit = ?2 WHERE id = ?1;
