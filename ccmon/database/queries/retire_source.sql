-- No more news of a source is expected.
UPDATE sources SET following = 0 WHERE name = :name;
