-- Who changed what of the configuration, when, and from which day on it holds.

CREATE TABLE configuration_changes (
    id INTEGER PRIMARY KEY,
    changed_at INTEGER NOT NULL,                            -- floor time
    who TEXT NOT NULL,                                      -- account of the person
    act TEXT NOT NULL,                                      -- config set, setup, import of quotas, ...
    kind TEXT NOT NULL CHECK (kind IN ('value', 'added', 'removed', 'restored')),
    name TEXT NOT NULL,                                     -- as in ccmon config show; of a copy that was restored its file
    before TEXT,                                            -- the value as ccmon config writes it; NULL: none
    after TEXT,
    holds_from TEXT                                         -- ISO date; NULL: at once
) STRICT;
