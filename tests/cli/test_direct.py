"""What runs without Typer means what Typer makes of the same words."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from typer.core import TyperOption

from ccmon.cli import direct
from tests.commands import all_commands
from tests.databases import new_database

COMMANDS = all_commands().commands
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
        "0.2",
    ]
    + ["0.2", "--refresh=5", "dark", "--theme=light", "bright", "14:30", "--at=now", "sales", "-5", "--unknown"]
    + [word for options in direct.OPTIONS.values() for word in options]
)


def of_typer(name: str, words: list[str]) -> dict[str, Any]:
    """The parameters that Typer makes of words, those that nobody set left out."""
    command = COMMANDS[name]
    context = command.make_context(name, list(words))
    return {key: value for key, value in context.params.items() if value not in {None, False} or f"no-{key}" in words}


@pytest.mark.parametrize("name", direct.OPTIONS)
def test_each_option_of_a_command_is_known(name: str) -> None:
    options = [each for each in COMMANDS[name].params if isinstance(each, TyperOption) and each.name != "help"]
    theirs = {word: each.name for each in options for word in (*each.opts, *each.secondary_opts)}
    assert {word: each.parameter for word, each in direct.OPTIONS[name].items()} == theirs
    for each in options:
        for words, value in ((each.opts, True), (each.secondary_opts, False)):
            for word in words:
                assert direct.OPTIONS[name][word].value is value or not each.is_flag


def test_the_limits_of_a_look_are_typers() -> None:
    [refresh] = [each for each in COMMANDS["monitor"].params if each.name == "refresh"]
    assert (refresh.type.min, refresh.type.max) == direct.REFRESH_SECONDS  # type: ignore[attr-defined]


@given(st.sampled_from(sorted(direct.OPTIONS)), st.lists(WORDS, max_size=5))
@example("monitor", ["--no-ascii", "--ascii"])
@example("monitor", ["--refresh", "60", "--db=x.db"])
@example("status", ["--json", "--at", "2026-11-23T14:30", "--queue", "a b"])
def test_words_mean_what_they_mean_to_typer(name: str, words: list[str]) -> None:
    found = direct.values(direct.OPTIONS[name], words)
    if found is not None:
        theirs = of_typer(name, words)
        assert {key: value for key, value in found.items() if value is not False} == theirs


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
    look = f"import sys; sys.argv = ['ccmon', 'status', *{words!r}]\nfrom ccmon.cli import _run\n"
    look += "sys.exit(_run() or 'typer' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", look], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (run.returncode, run.stderr) == (0, "")
