-- When long work last went on: work whose process was killed must not make figures unknown for ever.

ALTER TABLE progress ADD COLUMN noted_at INTEGER;                   -- real clock; NULL: nobody works on it
