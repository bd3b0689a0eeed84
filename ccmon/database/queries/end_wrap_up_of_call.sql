-- The work after a call ended unseen: when something else was first told of its agent.
UPDATE calls SET wrapping_up = 0, wrapped_up_at = :wrapped_up_at WHERE id = :id;
