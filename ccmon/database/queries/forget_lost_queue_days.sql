-- Targets of days that no longer exist, after the business days have been filled anew.
DELETE FROM queue_days WHERE day_at NOT IN (SELECT starts_at FROM business_days);
