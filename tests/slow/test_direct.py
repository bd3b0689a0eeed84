"""A look without Typer ends as one with it, whatever becomes of its output and its errors, or interrupts it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.terminal import terminal_environment
from tests.databases import new_database

WITH_TYPER = "from ccmon.cli import direct; direct.command = lambda arguments: None\n"
BEGIN = "import sys\nfrom ccmon.__main__ import main\nmain()"
# A job in the background of a shell without job control has the interrupt ignored: Python then leaves it so.
INTERRUPTED = """
import os, signal
signal.signal(signal.SIGINT, signal.default_int_handler)
from ccmon.database import reader
reader.read = lambda *_: os.kill(os.getpid(), signal.SIGINT)
"""


def closed_pipe() -> int:
    """A pipe that nobody reads."""
    read, write = os.pipe()
    os.close(read)
    return write


def end_of(script: str, words: list[str], folder: Path, redirection: str = "") -> tuple[int, str]:
    """Exit status and standard error of a look."""
    command = ["sh", "-c", f'exec "$@" {redirection}', "sh", sys.executable, "-c", script, "status", *words]
    unread = closed_pipe()
    try:
        run = subprocess.run(
            command,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=unread,
            stderr=subprocess.PIPE,
            text=True,
            env=terminal_environment(CCMON_DB="calls.db"),
            check=False,
        )
    finally:
        os.close(unread)
    return run.returncode, run.stderr


@pytest.mark.parametrize("with_typer", [False, True])
@pytest.mark.parametrize("words", [[], ["--json"]])
def test_nobody_reads_what_is_printed(tmp_path: Path, words: list[str], with_typer: bool) -> None:
    new_database(tmp_path / "calls.db", time_zone="UTC")
    assert end_of(WITH_TYPER * with_typer + BEGIN, words, tmp_path) == (1, "")


@pytest.mark.parametrize("with_typer", [False, True])
@pytest.mark.parametrize("words", [[], ["--json"]])
def test_without_an_output_nothing_is_said(tmp_path: Path, words: list[str], with_typer: bool) -> None:
    new_database(tmp_path / "calls.db", time_zone="UTC")
    assert end_of(WITH_TYPER * with_typer + BEGIN, words, tmp_path, ">&-") == (0, "")


@pytest.mark.parametrize("with_typer", [False, True])
@pytest.mark.parametrize(("words", "status"), [(["--db", "absent.db"], 1), (["--unknown"], 2)])
def test_an_error_that_cannot_be_said_has_its_exit_status(
    tmp_path: Path, words: list[str], status: int, with_typer: bool
) -> None:
    assert end_of(WITH_TYPER * with_typer + BEGIN, words, tmp_path, "2>&-") == (status, "")


@pytest.mark.parametrize("with_typer", [False, True])
def test_an_interrupt_is_silent(tmp_path: Path, with_typer: bool) -> None:
    new_database(tmp_path / "calls.db", time_zone="UTC")
    ended = end_of(INTERRUPTED + WITH_TYPER * with_typer + BEGIN, [], tmp_path, ">/dev/null")
    assert ended == (128 + signal.SIGINT, "")


AT_EXIT = "import atexit, sys\natexit.register(lambda: sys.stderr.write('at exit'))\n"


@pytest.mark.parametrize(("with_typer", "said"), [(False, ""), (True, "at exit")])
def test_nothing_is_taken_apart_after_a_look(tmp_path: Path, with_typer: bool, said: str) -> None:
    new_database(tmp_path / "calls.db", time_zone="UTC")
    script = AT_EXIT + WITH_TYPER * with_typer + BEGIN
    assert end_of(script, ["--json"], tmp_path, ">written.json") == (0, said)
    assert json.loads((tmp_path / "written.json").read_text())["time_zone"] == "UTC"


def test_output_that_cannot_be_written_is_reported(tmp_path: Path) -> None:
    new_database(tmp_path / "calls.db", time_zone="UTC")
    ended = [end_of(WITH_TYPER * typed + BEGIN, ["--json"], tmp_path, ">/dev/full") for typed in (False, True)]
    assert ended[0] == ended[1]
    assert ended[0][0] != 0
    assert "No space left" in ended[0][1]
