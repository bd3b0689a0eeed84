"""A systemctl that only notes its calls, and units in a directory of their own."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ccmon.services import systemd

ANSWERS = """\
case "$*" in
*restart?broken*) echo 'Job for broken.service failed.' >&2; exit 1;;
*reload*) test ! -e refused || { echo 'Access denied' >&2; exit 1; };;
*waiting*) printf 'ActiveState=activating\\nSubState=auto-restart\\nResult=exit-code\\nNRestarts=7\\n';;
*stopped*) printf 'ActiveState=failed\\nSubState=failed\\nResult=exit-code\\nNRestarts=7\\n';;
*show*) printf 'ActiveState=active\\nActiveEnterTimestamp=Mon 2026-11-30 02:00:00 CET\\n'
        printf 'NRestarts=0\\nUnitFileState=enabled\\n';;
esac
"""
"""One named broken does not start, one named stopped does not run, one named waiting will again; all others do."""


def noting_systemctl(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Put it first on the path, and say that systemd runs; units of the system then lie in ``units`` in the folder.

    Returns:
        The file in which its calls are noted.
    """
    calls = folder / "calls.txt"
    answer(folder, f'echo "$@" >> {calls}\n{ANSWERS}')
    monkeypatch.setattr(systemd, "SYSTEM_UNITS", folder / "units")
    monkeypatch.setattr(systemd, "RUNNING", folder)
    monkeypatch.setenv("PATH", f"{folder / 'bin'}:{os.environ.get('PATH')}")
    return calls


def answer(folder: Path, script: str) -> None:
    """Have it run a script of the shell's instead."""
    program = folder / "bin/systemctl"
    program.parent.mkdir(exist_ok=True)
    program.write_text(f"#!/bin/sh\n{script}")
    program.chmod(0o755)
