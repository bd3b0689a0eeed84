-- In which process namespace of Linux a source is followed: only who looks from the same one sees whether it still is.

ALTER TABLE sources ADD COLUMN process_namespace INTEGER;   -- of the `follow` process that wrote last; NULL: not known
