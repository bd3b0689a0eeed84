"""ccmon: a live supervision screen for call centres, in a terminal."""

__version__ = "0.1.0"
"""The same as in pyproject.toml; reading it from the installed package would take a third of ``ccmon --version``."""
