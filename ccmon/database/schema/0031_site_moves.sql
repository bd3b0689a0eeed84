-- To which database the site was moved: who still looks at the former one is told so.

ALTER TABLE site ADD COLUMN moved_to TEXT;                  -- path of the one in force instead; NULL: this one is
ALTER TABLE site ADD COLUMN moved_at INTEGER;               -- floor time
