"""``ccmon restore`` at a terminal: what it shows fits into 80 columns, and nothing is done without a yes."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.terminal import Terminal
from ccmon.database import backup
from tests.databases import new_database
from tests.processes import CCMON


@pytest.mark.parametrize(
    ("answer", "ends"), [("\r", "Nothing was changed."), ("y\r", "The former database is kept in")]
)
def test_a_person_is_shown_what_happens_and_asked(tmp_path: Path, answer: str, ends: str) -> None:
    database = new_database(tmp_path / "calls.db", time_zone="UTC")
    made = backup.back_up(database, tmp_path / "copies")
    before = database.stat().st_ino
    with Terminal(
        [CCMON, "restore", made.path.name, "--db", database], size=(80, 30), cwd=made.path.parent
    ) as terminal:
        lines = terminal.wait_for("Put it back? [y/N]:").splitlines()
        assert lines[0].startswith(f"Puts back {made.path.name} (")
        assert "                                         now       in the copy" in lines
        assert "What is there now is kept as calls-before-restore-….db; no screen shows it then." in lines
        terminal.send(answer)
        assert terminal.wait_for_exit() == 0
        assert ends in " ".join(terminal.text().split())
    assert (database.stat().st_ino == before) == (answer == "\r")
