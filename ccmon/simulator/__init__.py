"""A simulated floor that yields the events and the rows of tables that a real one does."""
