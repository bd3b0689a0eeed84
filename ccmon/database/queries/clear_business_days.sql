-- The site's zone, its rules or its day's start have changed. The targets of days keep their keys; those of days that
-- no longer exist are forgotten by the rebuild that follows.
DELETE FROM business_days;
