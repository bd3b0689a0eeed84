"""The snapshot as text and JSON, for pipes, mail and other programs."""
