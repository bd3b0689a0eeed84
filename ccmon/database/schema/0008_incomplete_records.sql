-- A record may hold a number that cannot be, such as a wait of a thousand years: it goes in without the number, and is
-- noted beside the lines that did not go in.

ALTER TABLE rejected_lines ADD COLUMN taken_in INTEGER NOT NULL DEFAULT 0 CHECK (taken_in IN (0, 1));
ALTER TABLE sources ADD COLUMN incomplete_records INTEGER NOT NULL DEFAULT 0; -- taken in without a number of theirs
