-- The number of the next row of queue_pauses.
SELECT coalesce(max(id), 0) + 1 FROM queue_pauses;
