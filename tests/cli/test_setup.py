"""The options of ``ccmon setup``, and what ``ccmon`` says where there is nothing yet."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from ccmon import setup
from ccmon.setup.kept_answers import START_ANEW
from ccmon.setup.questions import QUESTIONS
from tests.commands import all_commands, ccmon, done, one_line
from tests.setup.machines import SAMPLE_LOG


@pytest.fixture(autouse=True)
def _no_switch_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Setup looks for one on this machine: another test may just run a manager at its usual port."""

    def refuse(*_: object) -> None:
        raise ConnectionRefusedError

    monkeypatch.setattr("socket.create_connection", refuse)


def options_of(command: str) -> dict[str | None, list[str]]:
    """The options of a command by their parameters, each in the spelling that its help begins with."""
    return {each.name: [*each.opts[:1], *each.secondary_opts] for each in all_commands().commands[command].params}


def test_each_question_has_its_option_as_the_help_writes_it() -> None:
    options = options_of("setup")
    for question in QUESTIONS:
        assert question.option == options[question.name][0]


OTHER_PROGRAMS = {"groupadd", "useradd", "usermod"}
COMMAND = re.compile(rf"\bccmon (\w+)|\b({'|'.join(OTHER_PROGRAMS)})\b")


def texts_of_setup() -> Iterator[str]:
    """Each text in the code of setup, with ``{}`` for what is put in; not the docstrings."""
    for folder in setup.__path__:
        for module in Path(folder).glob("*.py"):
            tree = ast.parse(module.read_text(encoding="utf-8"))
            docstrings = {each.value for each in ast.walk(tree) if isinstance(each, ast.Expr)}
            for each in ast.walk(tree):
                if isinstance(each, ast.JoinedStr):
                    yield "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in each.values)
                elif isinstance(each, ast.Constant) and isinstance(each.value, str) and each not in docstrings:
                    yield each.value


def options_in_messages() -> set[tuple[str, str]]:
    """The options that sentences of setup name, with their commands: setup itself where a sentence names none."""
    found = {("setup", START_ANEW)}
    for text in texts_of_setup():
        for option in re.finditer(r"(?<!\w)--[a-z][a-z-]+", text):
            command = max(COMMAND.finditer(text, 0, option.start()), key=re.Match.start, default=None)
            if " " in text.strip() and (command is None or command[2] is None):
                found.add((command[1] if command else "setup", option[0]))
    return found


def test_each_message_names_options_as_the_help_writes_them() -> None:
    named = options_in_messages()
    assert {("setup", "--take-along"), ("setup", "--source"), ("setup", "--yes"), ("doctor", "--recompute")} <= named
    for command, option in named:
        assert option in {spelling for options in options_of(command).values() for spelling in options}


def test_the_document_has_each_option() -> None:
    page = (Path(__file__).parents[2] / "docs" / "administration.md").read_text(encoding="utf-8")
    of_setup = page.split("## Set up by questions")[1].split("\n## ")[0]
    for question in QUESTIONS:
        assert f"`{question.option}`" in of_setup


def test_setup_by_options(tmp_path: Path) -> None:
    home = {"HOME": str(tmp_path)}
    told = done("setup", "--user", "--yes", "--source", SAMPLE_LOG, "--time-zone", "Europe/Amsterdam", **home)
    assert "76 calls from 325 lines" in " ".join(told.split())
    assert "ccmon follow queue-log" in told
    path = tmp_path / ".local/share/ccmon/calls.db"
    assert "Amsterdam" in done("status", "--db", path)
    assert "nothing was changed" in done("setup", "--user", "--yes", **home)
    other = tmp_path / "other.db"
    told = done("setup", "--user", "--yes", "--db", other, "--source", "none", "--no-past", "--team", "A: eva!", **home)
    assert f"Copy{path}to{other}" in "".join(told.split())  # a long path goes over two lines


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--yes", "--user", "--time-zone", "Mars"), "--time-zone: There is no time zone 'Mars'"),
        (
            ("--yes", "--user", "--source", "127.0.0.1:8021"),
            "--password-file: calls are to come from FreeSWITCH's event socket, which needs a password; --source none",
        ),
        (("--user",), "ccmon setup asks on a terminal; without one, give --yes"),
    ],
)
def test_wrong_usage(tmp_path: Path, words: tuple[str, ...], sentence: str) -> None:
    assert sentence in one_line(ccmon("setup", *words, HOME=str(tmp_path)), 2)
    assert list(tmp_path.iterdir()) == []


def test_ccmon_alone_says_what_to_do_where_there_is_no_database(tmp_path: Path) -> None:
    said = one_line(ccmon(HOME=str(tmp_path)))
    assert said.startswith("ccmon: There is no database ")
    assert said.endswith("ccmon setup sets up your own calls, ccmon demo shows a simulated floor.")


def test_the_help_shows_every_option_once_under_a_heading_in_the_order_of_the_questions() -> None:
    told = done("setup", "--help")
    shown = re.findall(r"^  (?:-\w, )?(--[\w-]+)", told, re.MULTILINE)
    assert len(shown) == len(set(shown))
    asked = [question.option for question in QUESTIONS]
    assert [option for option in shown if option in asked] == [option for option in asked if option in shown]
    assert set(asked) <= set(shown)
    assert re.findall(r"^(\w.*):$", told, re.MULTILINE) == [
        "How it runs", "Where calls come from", "The site", "Queues, teams and quota",
        "Who may look, and what follows the switch", "Commands",
    ]  # fmt: skip
    assert max(map(len, told.splitlines())) <= 80
