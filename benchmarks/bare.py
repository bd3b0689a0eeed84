"""The smallest Textual program: what the framework costs before anything of ours is added."""

from __future__ import annotations

from textual.app import App, ComposeResult
from textual.widgets import Static

WORD = "Ready"


class Bare(App[None]):
    """Shows one word."""

    ENABLE_COMMAND_PALETTE = False

    def compose(self) -> ComposeResult:
        """Yield the word."""
        yield Static(WORD)


if __name__ == "__main__":
    Bare().run()
