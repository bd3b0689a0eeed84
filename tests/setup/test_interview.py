"""Questions on a terminal: the keys that go back."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.setup.test_offered_again import Terminal

FIRST = "This is the first question: < goes back from the others."


def test_nothing_is_before_the_first_question(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal(root, monkeypatch)
    told = terminal.text("<")
    assert told.count("Where do your calls come from?") == 2
    assert told.count(FIRST) == 1
    told = terminal.text("", "<", "<", "<")
    assert told.count("Where do your calls come from?") == 4
    assert told.count(FIRST) == 2
