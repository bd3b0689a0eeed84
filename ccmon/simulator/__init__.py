"""A simulated floor that yields the same events as a real one."""
