-- What keeps a source's follower from going on: it is told to whoever looks, where no journal is kept or may be read.

ALTER TABLE sources ADD COLUMN last_error TEXT;             -- one sentence; NULL: it has gone on since
