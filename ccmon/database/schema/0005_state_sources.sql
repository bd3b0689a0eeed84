-- Several switches may feed one database: each says what its own agents do, and nothing of the others'.

ALTER TABLE agent_states ADD COLUMN source TEXT;                    -- sources.name; NULL: written by another program
ALTER TABLE queue_members ADD COLUMN source TEXT;
ALTER TABLE queue_pauses ADD COLUMN source TEXT;
