"""A simulated floor that yields the same events and rows of tables as a real one."""
