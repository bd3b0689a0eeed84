"""The same snapshot for pipes, mail and other programs."""
