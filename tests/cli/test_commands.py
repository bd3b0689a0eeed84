"""The table of commands, by which ``ccmon --help`` answers, says what the commands' own modules say."""

from __future__ import annotations

import inspect
import tomllib
from pathlib import Path

import pytest

from ccmon import __version__
from ccmon.cli.typer_app import COMMANDS, app
from tests.commands import all_commands, ccmon, done, one_line

ROOT = Path(__file__).parent.parent.parent


def test_every_command_of_a_module_is_in_the_table() -> None:
    all_commands()
    functions = [command.callback for command in app.registered_commands]
    named = {function.__name__ for function in functions if function is not None}
    assert named | {str(group.name) for group in app.registered_groups} == set(COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_the_help_of_a_command_is_its_own(name: str) -> None:
    loaded = all_commands().commands[name]
    assert inspect.cleandoc(loaded.help or "") == COMMANDS[name][1]
    assert loaded.callback is None or loaded.callback.__module__ == f"ccmon.cli.{COMMANDS[name][0]}"


def test_the_version_is_that_of_the_project() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["version"] == __version__
    assert done("--version") == f"ccmon {__version__}\n"


@pytest.mark.parametrize("group", ["import", "follow", "follow-up"])
def test_a_group_without_a_command_shows_its_help_as_it_is(group: str) -> None:
    alone = ccmon(group)
    assert (alone.returncode, alone.stdout) == (2, "")
    assert alone.stderr == done(group, "--help")


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        (("setup", "--yess"), "--yes"),
        (("import", "table", "agents", "x.csv", "--yess"), "--yes"),
        (("status", "--tam", "x"), "--team"),
    ],
)
def test_a_wrong_option_is_answered_with_the_nearest_alone(words: tuple[str, ...], meant: str) -> None:
    said = one_line(ccmon(*words), 2)
    assert (
        f"No such option: {next(word for word in words if word.startswith('--'))}; did you mean {meant}? Try:" in said
    )
