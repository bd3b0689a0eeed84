-- What the money figures need to know of the site (metrics.md 10.6).

-- Share of the revenue that is earned, before the centre's own costs. NULL: not said; the whole revenue is counted.
ALTER TABLE site ADD COLUMN margin REAL CHECK (margin BETWEEN 0 AND 1);
-- Share of the sales that would not have come anyway (without the centre).
ALTER TABLE site ADD COLUMN incrementality REAL NOT NULL DEFAULT 1 CHECK (incrementality BETWEEN 0 AND 1);

-- What is looked for in weeks of calls: attempts, right-party contacts of a campaign, customers who stayed.
CREATE INDEX calls_outbound ON calls (entered_at) WHERE direction = 'outbound';
CREATE INDEX calls_reached ON calls (campaign_id, entered_at) WHERE right_party = 1;
CREATE INDEX calls_kept ON calls (entered_at) WHERE lower(disposition) = 'kept';
