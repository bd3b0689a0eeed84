"""What the papers say exists: every command, option, key, link, setting and variable they name."""

from __future__ import annotations

import contextlib
import importlib
import re
from pathlib import Path
from typing import Any

import pytest

from ccmon.cli import OF_ALL_COMMANDS, follow
from ccmon.settings import Settings
from ccmon.views.keys import KEYS
from tests.commands import all_commands

ROOT = Path(__file__).parent.parent
PAPERS = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]
COMMAND = re.compile(r"(?<![\w/.@-])(?<!-[uo] )ccmon ((?:--|[a-z])[^\n`─<>]*)")
INDENTED = re.compile(r"^ {4}(.*)$", re.MULTILINE)
IN_BACKTICKS = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"\]\(([^)\s]+)\)")

COMMANDS: Any = all_commands()

every_paper = pytest.mark.parametrize("paper", PAPERS, ids=lambda path: path.name)


def code(paper: Path) -> list[str]:
    """Each indented line and each piece in backticks."""
    text = paper.read_text()
    prose = INDENTED.sub("", text)
    return [*INDENTED.findall(text), *IN_BACKTICKS.findall(prose)]


def calls_of_ccmon(paper: Path) -> list[list[str]]:
    """The words after `ccmon` wherever it is called."""
    return [
        found.split(" | ")[0].split("'")[0].split('"')[0].split(";")[0].split()
        for text in code(paper)
        for found in COMMAND.findall(text)
    ]


def resolve(words: list[str]) -> tuple[Any, list[str]]:
    """The command that words call, and the words left for it."""
    command: Any = COMMANDS
    left = list(words)
    while hasattr(command, "commands") and left and not left[0].startswith("-"):
        assert left[0] in command.commands, f"there is no command {words}"
        command = command.commands[left.pop(0)]
    return command, left


def options_of(command: Any) -> set[str]:
    """The options of one command."""
    of_all = OF_ALL_COMMANDS if command is COMMANDS else set()
    return {"--help", "-h"} | of_all | {name for each in command.params for name in (*each.opts, *each.secondary_opts)}


@every_paper
def test_commands_and_their_options_exist(paper: Path) -> None:
    for words in calls_of_ccmon(paper):
        command, left = resolve(words)
        options = options_of(command)
        if words[:2] == ["service", "install"]:  # what follows the source are words of ccmon follow
            sources = COMMANDS.commands["follow"].commands
            options |= {each for word in left if word in sources for each in options_of(sources[word])}
        for word in left:
            if word.startswith("-") and word != "-":
                assert word.split("=")[0].rstrip(".,") in options, f"ccmon {' '.join(words)}"


@every_paper
def test_links_lead_somewhere(paper: Path) -> None:
    for target in LINK.findall(paper.read_text()):
        if "://" not in target:
            assert (paper.parent / target.split("#")[0]).exists(), target


def test_each_word_of_the_glossary_is_explained_once() -> None:
    rows = re.findall(r"^\| (\*\*.+)$", (ROOT / "docs" / "glossary.md").read_text(), re.MULTILINE)
    assert all(re.fullmatch(r"[^|]+ \| [A-Z][^|]+[.)] \|", row) for row in rows)
    words = [word for row in rows for word in re.findall(r"\*\*([^*]+)\*\*", row.split(" | ")[0])]
    assert len(words) > 100
    assert [word for word in set(words) if words.count(word) > 1] == []


@pytest.mark.parametrize("paper", [ROOT / "README.md", ROOT / "docs" / "administration.md"], ids=lambda path: path.name)
def test_options_named_alone_exist(paper: Path) -> None:
    options: set[str] = set()
    commands = [COMMANDS]
    while commands:
        command: Any = commands.pop()
        options |= options_of(command)
        commands += getattr(command, "commands", {}).values()
    named = {text.split()[0] for text in IN_BACKTICKS.findall(paper.read_text()) if text.startswith("--")}
    assert named <= options


def test_keys_of_the_readme_exist() -> None:
    text = (ROOT / "README.md").read_text()
    section = text.split("## Keys")[1].split("##")[0]
    shown = {name for key in KEYS for name in key.shown.split()}
    named = set(IN_BACKTICKS.findall(section))
    assert len(named) > 8
    assert named <= shown


def test_settings_and_variables_exist_and_are_all_named() -> None:
    text = (ROOT / "docs" / "administration.md").read_text()
    fields = set(Settings.__struct_fields__) - {"files"}
    assert set(re.findall(r"^\| `([a-z_]+)` \|", text, re.MULTILINE)) == fields
    variables = {"CCMON_DB", "CCMON_SETTINGS", "CCMON_SITE_DIR", "CCMON_DEBUG"} | {
        f"CCMON_{name.upper()}" for name in fields
    }
    variables |= {follow.AMI_PASSWORD, follow.FREESWITCH_PASSWORD}
    assert set(re.findall(r"CCMON_[A-Z_]+", text)) <= variables


def test_picture_is_of_the_monitor_and_loads_nothing_from_elsewhere() -> None:
    picture = (ROOT / "docs" / "screen.svg").read_text()
    for panel in ("Queue", "Agents", "Conversion", "Handling", "Follow-ups"):
        assert panel in picture
    assert set(re.findall(r"https?://[^\"' ]+", picture)) <= {"http://www.w3.org/2000/svg"}


GUIDES = [ROOT / "CONTRIBUTING.md", *(ROOT / "docs" / name for name in ("architecture.md", "glossary.md"))]
FILE = re.compile(r"(?:\.?[A-Za-z_0-9]+/)+(?:[A-Za-z_0-9.]+\.[a-z]+)?|[A-Za-z_]+\.(?:md|toml|svg)")
DOTTED = re.compile(r"[a-z_]+(?:\.[A-Za-z_]+)+")
CLASS = re.compile(r"(?:[A-Z][a-z]+)+")
WORDS = re.compile(r"_?[a-z]+(?:_[a-z]+)+|_?[A-Z]+(?:_[A-Z]+)+")
"""A function, a field, a table, a query; a constant."""
NOT_OURS = {"None", "DataTable", "Static", "Footer", "DIR"}
"""Of Python and Textual, or to be replaced."""
SOURCE = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "ccmon").rglob("*.py"))
HELPERS = [*(ROOT / "ccmon").rglob("*.sql"), *(ROOT / "tests").glob("*.py"), ROOT / "docs" / "status.schema.json"]
ALL_WORDS = set(re.findall(r"\w+", SOURCE + "".join(path.read_text(encoding="utf-8") for path in HELPERS)))


@pytest.mark.parametrize("guide", GUIDES, ids=lambda path: path.name)
def test_files_and_names_of_the_guides_exist(guide: Path) -> None:
    missing = []
    for text in IN_BACKTICKS.findall(guide.read_text()):
        if FILE.fullmatch(text):
            found = any((top / text).exists() for top in (ROOT, ROOT / "ccmon", ROOT / "ccmon" / "database"))
        elif DOTTED.fullmatch(text):
            found = is_attribute(text) or is_attribute(f"metrics.{text}") or text.split(".")[0] in TABLES
        elif CLASS.fullmatch(text) and text not in NOT_OURS:
            found = re.search(rf"^class {text}\b", SOURCE, re.MULTILINE) is not None
        elif WORDS.fullmatch(text):
            found = text in ALL_WORDS
        else:
            continue
        if not found:
            missing.append(text)
    assert missing == []


TABLES = {"site", "calls"}
"""Tables whose columns are named as `table.column`; the columns are the documentation of the database's to hold."""


def is_attribute(dotted: str) -> bool:
    """Whether a dotted name is something in ccmon, or a module of the repository."""
    module, _, name = dotted.rpartition(".")
    for top in ("", "ccmon."):
        with contextlib.suppress(ImportError):
            if hasattr(importlib.import_module(top + module), name):
                return True
        with contextlib.suppress(ImportError):
            importlib.import_module(top + dotted)
            return True
    return False
