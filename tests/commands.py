"""The command line without a process of its own, which costs half a second: what a shell would see of one command."""

from __future__ import annotations

import contextlib
import functools
import io
import json
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Any
from unittest.mock import patch

import typer
from typer.core import TyperGroup

from benchmarks.terminal import terminal_environment
from ccmon import cli
from ccmon.cli import _run, typer_app


@functools.cache
def all_commands() -> TyperGroup:
    """The command line with all its modules imported, built once: that takes 20 ms."""
    for module in iter_modules(cli.__path__):
        import_module(f"ccmon.cli.{module.name}")
    return typer.main.get_group(typer_app.app)


def ccmon(*arguments: object, stdin: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a command to its end, in this process, with an environment of its own."""
    words = [str(argument) for argument in arguments]
    streams = {name: io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True) for name in ("stdout", "stderr")}
    with (
        patch.dict("os.environ", terminal_environment(**environment), clear=True),
        patch.object(sys, "argv", ["ccmon", *words]),
        patch.object(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin.encode()), "utf-8")),
        contextlib.redirect_stdout(streams["stdout"]),
        contextlib.redirect_stderr(streams["stderr"]),
    ):
        try:
            status = _run()
        except SystemExit as ended:  # so Typer ends when it has told a shell what may follow
            assert isinstance(ended.code, int)
            status = ended.code
    written = {name: stream.buffer.getvalue().decode() for name, stream in streams.items()}
    return subprocess.CompletedProcess(words, status, **written)


def done(*arguments: object, **environment: str) -> str:
    """Run a command that has to succeed; return what it printed."""
    run = ccmon(*arguments, **environment)
    assert run.returncode == 0, run.stderr
    return run.stdout


def one_line(finished: subprocess.CompletedProcess[str], status: int = 1) -> str:
    """The only line on standard error of a command that failed as it should."""
    assert finished.returncode == status, finished.stderr
    assert finished.stdout == ""
    (line,) = finished.stderr.splitlines()
    return line


def status(database: Path, *arguments: str) -> dict[str, Any]:
    """What `ccmon status --json` says."""
    found = json.loads(done("status", "--json", "--db", database, *arguments))
    assert isinstance(found, dict)
    return found


def queue(database: Path, name: str, *arguments: str) -> dict[str, Any] | None:
    """One queue of `ccmon status --json`; None where it is not known yet."""
    return next((each for each in status(database, *arguments)["queues"] if each["name"] == name), None)
