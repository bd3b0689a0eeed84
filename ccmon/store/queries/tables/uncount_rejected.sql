-- Lines of a source that are forgotten do not count as rejected any more.
UPDATE sources SET rejected = max(0, rejected - :forgotten) WHERE name = :source;
