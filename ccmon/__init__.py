"""ccmon: a live supervision screen for call centres, in a terminal."""
