-- About how many calls there are in the days from one moment to another.
SELECT coalesce(sum(offered), 0) FROM queue_quarters WHERE quarter_at BETWEEN ?1 - 86400000 AND ?2 + 86400000;
