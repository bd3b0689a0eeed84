-- The business days that a bulk load has touched.
SELECT DISTINCT d.starts_at, d.ends_at
FROM touched AS t
JOIN business_days AS d ON d.starts_at < (t.last_hour + 1) * 3600000 AND d.ends_at > t.first_hour * 3600000
    AND d.starts_at >= coalesce((SELECT max(starts_at) FROM business_days WHERE starts_at <= t.first_hour * 3600000), 0)
ORDER BY 1;
