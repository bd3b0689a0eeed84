"""The table of commands, by which ``ccmon --help`` answers, says what the commands' own modules say."""

from __future__ import annotations

import inspect
import tomllib
from pathlib import Path

import pytest

from ccmon import __version__
from ccmon.cli.typer_app import COMMANDS, app
from tests.commands import all_commands, ccmon, done

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
