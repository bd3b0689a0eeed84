"""What runs without Typer means what Typer makes of the same words."""

from __future__ import annotations

import inspect
import re
import subprocess
import sys
from collections.abc import Callable
from contextlib import ExitStack
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple
from unittest.mock import patch

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from typer.core import TyperOption

from ccmon.cli import direct
from ccmon.cli.run_demo import run_demo
from ccmon.cli.run_monitor import run_monitor
from ccmon.cli.run_seed import run_seed
from ccmon.cli.run_status import run_status
from ccmon.cli.status_forms import run_status_form
from tests.commands import all_commands, ccmon, one_line
from tests.databases import new_database

COMMANDS = all_commands().commands
CLOCK = re.compile(r"\d\d:\d\d:\d\d(\.\d+)?")
"""A time of day, which goes on between two looks."""
WORDS = st.sampled_from(
    [
        "",
        "-",
        "--",
        "-h",
        "--help",
        "--json=1",
        "--db",
        "~nobody/x",
        "x://y",
        "a b",
        "=",
        "--queue=",
        "nan",
        "1e3",
    ]
    + [
        "0.2",
        "--refresh=5",
        "dark",
        "--theme=light",
        "bright",
        "600",
        "--days=7",
        "14:30",
        "--at=now",
        "sales",
        "-5",
        "--unknown",
    ]
    + [word for options in direct.OPTIONS.values() for word in options]
)


class Ran(NamedTuple):
    """What a command line came to."""

    called: list[dict[str, Any]]
    """The parameters of what ran, all of them."""
    status: int
    stdout: str
    stderr: str


def ran(words: list[str], *, with_typer: bool) -> Ran:
    """Run a command line whose command only notes what it is called with."""
    called: list[dict[str, Any]] = []

    def noting(function: Callable[..., object]) -> Callable[..., None]:
        def note(*values: object, **named: object) -> None:
            bound = inspect.signature(function).bind(*values, **named)
            bound.apply_defaults()
            called.append({"function": function.__name__, **bound.arguments})

        return note

    with ExitStack() as patches:
        for place, function in (
            ("run_status", run_status), ("status", run_status), ("status_forms", run_status_form),
            ("status", run_status_form), ("run_monitor", run_monitor), ("monitor", run_monitor),
            ("run_demo", run_demo), ("demo", run_demo), ("run_seed", run_seed), ("demo", run_seed),
        ):  # fmt: skip
            module = import_module(f"ccmon.cli.{place}")
            patches.enter_context(patch.object(module, function.__name__, noting(function)))
        if with_typer:
            patches.enter_context(patch.object(direct, "command", return_value=None))
        run = ccmon(*words)
    return Ran(called, run.returncode, run.stdout, run.stderr)


@pytest.mark.parametrize("name", direct.OPTIONS)
def test_each_option_of_a_command_is_known(name: str) -> None:
    options = [each for each in COMMANDS[name].params if isinstance(each, TyperOption) and each.name != "help"]
    theirs = {word: each.name for each in options for word in (*each.opts, *each.secondary_opts)}
    assert {word: each.parameter for word, each in direct.OPTIONS[name].items()} == theirs
    for each in options:
        for words, value in ((each.opts, True), (each.secondary_opts, False)):
            for word in words:
                assert direct.OPTIONS[name][word].value is value or not each.is_flag


@given(st.sampled_from([[], *([name] for name in direct.OPTIONS)]), st.lists(WORDS, max_size=5))
@example(["monitor"], ["--no-ascii"])
@example(["monitor"], ["--no-ascii", "--ascii"])
@example(["monitor"], ["--ascii", "--no-ascii", "--mouse", "--no-mouse"])
@example(["monitor"], ["--refresh", "60", "--db=x.db"])
@example(["monitor"], ["--refresh", "nan"])
@example(["monitor"], ["--theme=dark", "--read-only", "--team=x=y"])
@example([], ["--client", "a", "--client", "b"])
@example(["status"], ["--json", "--at", "2026-11-23T14:30", "--queue", "a b"])
@example(["status"], ["--queue=-x"])
@example(["status"], ["--queue", "--json"])
@example(["status"], ["--watch", "--every", "10", "--only", "queues,agents", "--team=x"])
@example(["status"], ["--watch", "--every", "nan"])
@example(["status"], ["--watch", "--every", "0.5"])
@example(["status"], ["--check", "waiting>5,10", "--check=service_level<80 %,60 %", "--queue", "Sales"])
@example(["status"], ["--check", "waiting>5,10", "--every", "x"])
@example(["status"], ["--check="])
@example(["demo"], ["--speed", "60", "--agents=10", "--seed", "7", "--days", "0", "--db", "x.db"])
@example(["demo"], ["--speed", "nan"])
@example(["demo"], ["--agents", "9"])
@example(["demo"], ["--days", "4.5"])
@example(["demo"], ["--seed", "1_0"])
@example(["demo"], ["--seed=-1"])
@example(["seed"], ["--days", "0", "--agents=10", "--seed", "7", "--until", "2026-11-23T14:30", "--db", "x.db"])
@example(["seed"], ["--days", "1001"])
@example(["seed"], ["--until="])
@example(["seed"], ["--yes", "--days", "3"])
def test_words_mean_what_they_mean_to_typer(name: list[str], words: list[str]) -> None:
    assert ran([*name, *words], with_typer=False) == ran([*name, *words], with_typer=True)


FAILING_LOOKS = [
    ["--db", "absent.db"],
    ["--db", "."],
    ["--db=absent.db", "--json"],
    ["--queue", "nobody's"],
    ["--client=a\nb"],
    ["--at", "25:00"],
    ["--at="],
    ["--at", "2999-01-01"],
    ["--js"],
    ["extra"],
    ["--only", "queues"],
    ["--only", "queus", "--json"],
    ["--only", "queues,total", "--json"],
    ["--every", "5"],
    ["--watch", "--at", "14:30"],
    ["--check", "service_level<0.8,0.6"],
    ["--check", "serv<0.8"],
    ["--check", "waiting>5", "--js"],
    ["--check", "waiting>5", "--json"],
]


@pytest.mark.parametrize(
    ("words", "environment"),
    [(["status", *words], {}) for words in [[], ["--json"], *FAILING_LOOKS]]
    + [
        ([command], settings)
        for command in ("monitor", "status")
        for settings in (
            {"CCMON_DB": "absent.db"},
            {"CCMON_DB": "x://y"},
            {"CCMON_REFRESH_SECONDS": "x"},
            {"CCMON_SETTINGS": "absent"},
        )
    ]
    + [(["monitor"], {}), ([], {"CCMON_THEME": "bright"})],
)
def test_what_is_said_is_the_same_with_typer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: list[str], environment: dict[str, str]
) -> None:
    monkeypatch.chdir(tmp_path)
    new_database(tmp_path / "calls.db", time_zone="Europe/Amsterdam")
    environment = {"CCMON_DB": "calls.db", **environment}
    plain = ccmon(*words, **environment)
    with patch.object(direct, "command", return_value=None):
        typed = ccmon(*words, **environment)
    assert (plain.returncode, CLOCK.sub("", plain.stderr)) == (typed.returncode, CLOCK.sub("", typed.stderr))
    assert CLOCK.sub("", plain.stdout) == CLOCK.sub("", typed.stdout)
    assert plain.stdout or plain.stderr


@pytest.mark.parametrize(
    "words", [["--refresh", "0"], ["--refresh", "x"], ["--theme", "bright"], ["--db", "x://y"], ["--help"], ["x"]]
)
def test_what_is_not_plain_is_typers(words: list[str]) -> None:
    assert direct.command(["monitor", *words]) is None


def test_other_commands_are_typers() -> None:
    assert direct.command(["doctor"]) is None
    assert direct.command(["--version"]) is None


@pytest.mark.parametrize("words", [["--db", "calls.db", "--json"], ["--db=calls.db"]])
def test_one_look_loads_no_typer(tmp_path: Path, words: list[str]) -> None:
    new_database(tmp_path / "calls.db", time_zone="Europe/Amsterdam")
    program = f"import sys; sys.argv = ['ccmon', 'status', *{words!r}]\nfrom ccmon.cli import _run\n"
    program += "sys.exit(_run() or 'typer' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (run.returncode, run.stderr) == (0, "")


def test_the_speed_of_a_demo_is_a_number() -> None:
    assert "nan is not a number" in one_line(ccmon("demo", "--speed", "nan"), 2)


def test_a_time_between_two_looks_is_a_number(tmp_path: Path) -> None:
    assert "nan is not a number" in one_line(ccmon("monitor", "--refresh", "nan", "--db", tmp_path / "calls.db"), 2)
