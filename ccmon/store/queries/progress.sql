-- Long work behind the screen.
SELECT task, done, total FROM progress WHERE done < total ORDER BY task;
