-- Long work is over.
DELETE FROM progress WHERE task = :task;
