"""What a report may be about and be written as, by the words of the command line. It imports nothing."""

from __future__ import annotations

PERIODS = ("day", "week", "month", "since")
FORMATS = {"text": ".txt", "markdown": ".md", "html": ".html", "csv": ".csv", "json": ".json"}
"""Each format with the ending of its files."""
ENDINGS = {ending: name for name, ending in FORMATS.items()} | {".htm": "html", ".markdown": "markdown"}
"""The format that a file's ending means."""
