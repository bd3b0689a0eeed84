"""``ccmon monitor`` where sshd forces it upon whoever asked for something else."""

from __future__ import annotations

from pathlib import Path

import pytest

from ccmon import monitor
from ccmon.cli.run_monitor import run_monitor
from ccmon.errors import CcmonError


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The databases whose screens were opened."""
    found: list[Path] = []

    def run(database: Path, **_: object) -> int:
        found.append(database)
        return 0

    monkeypatch.setattr(monitor, "run", run)
    return found


@pytest.mark.parametrize("asked", ["ccmon config set alarms.talk 9", "/usr/local/bin/ccmon follow-up list"])
def test_another_command_is_answered_with_a_sentence(
    asked: str, shown: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSH_ORIGINAL_COMMAND", asked)
    with pytest.raises(CcmonError) as refused:
        run_monitor(tmp_path / "calls.db")
    assert str(refused.value) == (
        f"this account gets the screen and nothing else, and cannot run {asked}; ask the administrator for it."
    )
    assert shown == []


@pytest.mark.parametrize("asked", ["", "ccmon", "ccmon monitor", "ccmon monitor --client x", "ccmon --help", "floor 1"])
def test_who_asks_for_the_screen_or_for_no_command_of_ours_gets_it(
    asked: str, shown: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSH_ORIGINAL_COMMAND", asked)
    assert run_monitor(tmp_path / "calls.db") == 0
    assert shown == [tmp_path / "calls.db"]
