"""ccmon: a live supervision screen for call centres, in a terminal."""

__version__ = "0.1.0"
"""As in pyproject.toml: looking it up in what is installed would take a third of ``ccmon --version``."""
