-- Take back a visit that this transaction has written.
DELETE FROM calls WHERE id = ?1;
