"""The groups of accounts that setup makes."""

LOOKING_GROUP = "supervisors"
"""Who is in it may look."""
ACTING_GROUP = "ccmon-act"
"""Who is in it may write the database, where some supervisors may only look."""
