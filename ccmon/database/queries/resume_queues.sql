-- One row a queue: its name as the database spells it.
SELECT id, name FROM queues;
