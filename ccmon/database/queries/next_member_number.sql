-- The number of the next row of queue_members.
SELECT coalesce(max(id), 0) + 1 FROM queue_members;
