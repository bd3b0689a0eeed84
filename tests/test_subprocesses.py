"""Which processes are ccmon by their command lines: scripts, and what `program` and `command` make."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from ccmon.database.restore import Program
from ccmon.services.program import program
from ccmon.subprocesses import command, is_ccmon


@pytest.mark.parametrize(
    "words",
    [
        ["ccmon", "monitor"],
        ["/usr/local/bin/ccmon", "monitor"],
        ["/usr/bin/python3", "/usr/local/bin/ccmon", "monitor"],
        ["/usr/bin/python3.12", "-P", "/usr/local/bin/ccmon", "monitor"],
        ["python", "-m", "ccmon", "monitor"],
        ["/usr/bin/python3", "-W", "error", "-P", "-m", "ccmon", "monitor"],
        [sys.executable, "-P", "-m", "ccmon", "monitor"],
        command("ccmon", "monitor"),
        command("ccmon.simulator.process_main"),
    ],
    ids=" ".join,
)
def test_a_ccmon_is_known_by_its_command_line(words: list[str]) -> None:
    assert is_ccmon(words)
    assert Program(1, tuple(words)).is_ours


def test_a_service_is_a_ccmon_where_there_is_no_script(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python3"))
    monkeypatch.setenv("PATH", str(tmp_path))
    assert program() == [str(tmp_path / "python3"), "-P", "-m", "ccmon"]
    assert is_ccmon([*program(), "follow"])


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["sqlite3", "ccmon"],
        ["vim", "/etc/ccmon"],
        ["python3"],
        ["python3", "-m"],
        ["python3", "-m", "pytest", "ccmon"],
        ["python3", "-c", "import time", "ccmon"],
        ["python3", "/srv/export.py", "ccmon"],
        ["python3", "/srv/other/subprocesses.py", "ccmon"],
    ],
    ids=" ".join,
)
def test_what_only_names_ccmon_is_another_program(words: list[str]) -> None:
    assert not is_ccmon(words)
