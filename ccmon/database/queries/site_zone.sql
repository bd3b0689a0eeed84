-- The site's time zone.
SELECT time_zone FROM site WHERE id = 1;
