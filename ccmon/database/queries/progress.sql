-- Long work behind the screen. What has not gone on for a quarter of an hour has been given up.
SELECT task, done, total FROM progress
WHERE done < total AND noted_at > CAST(strftime('%s', 'now') AS INTEGER) * 1000 - 900000
ORDER BY task;
