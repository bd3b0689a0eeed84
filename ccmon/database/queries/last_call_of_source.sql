-- The call of a source that was written last.
SELECT entered_at FROM calls WHERE source = :source ORDER BY id DESC LIMIT 1;
