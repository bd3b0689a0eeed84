-- A follow-up that a person adds is an act of its own. SQLite cannot change a CHECK.

CREATE TABLE audit_with_adding (
    id INTEGER PRIMARY KEY,
    acted_at INTEGER NOT NULL,                              -- floor time
    who TEXT NOT NULL,                                      -- login of the person's account
    act TEXT NOT NULL CHECK (act IN ('added', 'done', 'moved', 'handed_over', 'undone')),
    subject TEXT NOT NULL CHECK (subject IN ('follow_up')),
    subject_id INTEGER NOT NULL,
    before TEXT NOT NULL,                                   -- JSON: the changed columns as they were
    after TEXT NOT NULL,                                    -- JSON: and as they are since
    reason TEXT,
    undoes INTEGER                                          -- audit.id of what is undone
) STRICT;
INSERT INTO audit_with_adding (id, acted_at, who, act, subject, subject_id, before, after, reason, undoes)
SELECT id, acted_at, who, act, subject, subject_id, before, after, reason, undoes FROM audit;
DROP TABLE audit;
ALTER TABLE audit_with_adding RENAME TO audit;
CREATE INDEX audit_by_subject ON audit (subject, subject_id, acted_at);
CREATE INDEX audit_by_moment ON audit (acted_at);
