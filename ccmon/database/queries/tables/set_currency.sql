-- The money that a site counts in, where nobody has said it.
UPDATE site SET currency = ? WHERE currency IS NULL;
