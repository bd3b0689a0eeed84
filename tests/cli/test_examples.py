"""The help of each command has examples, and they work as they are printed."""

from __future__ import annotations

import functools
import re
import shlex
import shutil
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from ccmon.cli import _with_command
from ccmon.cli.run_check import State
from ccmon.cli.templates import import_order
from ccmon.database import database_file
from ccmon.real_time import real_now
from ccmon.simulator import history
from ccmon.sources.table.infer_kind import infer_any_mapping
from tests.cli.test_database_names import every_command
from tests.commands import all_commands, ccmon, done
from tests.databases import new_database
from tests.floors import moment

NOW = moment("2026-11-24T10:00:00+01:00")
"""The morning after the day of the templates: times of day that examples name are still to come."""
TEMPLATES = Path(__file__).parents[2] / "sample_data" / "templates"
PARSED_ONLY = {
    ("demo",), ("monitor",), ("setup",), ("setup", "ssh"), ("backup",), ("restore",), ("follow", "queue-log"),
    ("follow", "ami"), ("follow", "freeswitch"), ("import", "queue-log"), ("service", "install"), ("service", "show"),
    ("service", "status"), ("service", "remove"), ("config", "apply"), ("config", "set"), ("config", "unset"),
    ("config", "log"),
}  # fmt: skip
"""Commands that need a terminal, a switch, rights or certain files.

tests/configuration/test_config.py tries those of config.
"""


def examples_of(command: tuple[str, ...]) -> list[str]:
    """The commands of ccmon that its help gives, as one would type them."""
    _, _, below = done(*command, "--help").partition("Examples:\n")
    typed = re.sub(r" \\\n *", " ", below).splitlines()
    lines = [re.split(r"(?<=\S) {2,}", line.strip())[0] for line in typed]
    return [line for line in lines if re.search(r"(^|\| |^sudo )ccmon\b", line)]


@functools.cache
def every_example() -> list[tuple[tuple[str, ...], str]]:
    return [(command, line) for command in [("setup",), *every_command()] for line in examples_of(command)]


def words_of(line: str) -> list[str]:
    """What follows ccmon in a line."""
    _, _, arguments = re.split(r" \| (?!.*ccmon)| ?>>? ", line)[0].partition("ccmon")
    return shlex.split(arguments)


def parse(words: list[str]) -> None:
    """Parse a command as it would be run, without running it."""
    command: Any = all_commands()
    rest = _with_command(words)
    while rest and rest[0] in getattr(command, "commands", {}):
        command = command.commands[rest.pop(0)]
    command.make_context("ccmon", rest)


@pytest.mark.parametrize("command", every_command(), ids=" ".join)
def test_the_help_of_each_command_has_an_example_of_it(command: tuple[str, ...]) -> None:
    found = [_with_command(words_of(line))[: len(command)] for line in examples_of(command)]
    assert list(command) in found


def test_each_example_can_be_parsed() -> None:
    assert len(every_example()) > 60
    for _, line in every_example():
        parse(words_of(line))


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with what examples name: files, and the database of a site that has imported the templates."""
    folder = tmp_path_factory.mktemp("template")
    path = new_database(folder / "calls.db", time_zone="Europe/Amsterdam")
    (folder / "export.csv").write_bytes((TEMPLATES / "calls.csv").read_bytes())
    mapping = TEMPLATES.parent / "mappings" / "calls.toml"
    (folder / "export.toml").write_text(mapping.read_text(encoding="utf-8").replace('"calls"', '"old-dialler"', 1))
    orders = "Bestelnummer;Besteldatum;Bedrag\nB-1;03-11-2026;1.234,50 €\n"
    (folder / "orders.csv").write_text(orders, encoding="utf-8")
    (folder / "orders.toml").write_text(infer_any_mapping(folder / "orders.csv", None), encoding="utf-8")
    book = openpyxl.Workbook()
    book.create_sheet("Orders").append(["reference", "sold_at", "amount"])
    book["Orders"].append(["O-1", datetime(2026, 11, 23, 10, 30), 49.9])
    book.save(folder / "orders.xlsx")
    for kind in import_order():
        file = folder / f"{kind}.csv"
        file.write_bytes((TEMPLATES / file.name).read_bytes())
        rules = ("--mapping", folder / "export.toml") if kind == "calls" else ()
        done("import", "table", kind, file, *rules, "--db", path)
    with closing(database_file.open_writer(path)) as connection:
        connection.execute("INSERT INTO clock (id, floor_at, real_at, speed) VALUES (1, ?, ?, 0)", (NOW, real_now()))
        connection.execute("UPDATE queues SET name = 'Sales' WHERE name = 'sales'")
        connection.execute(
            "INSERT INTO follow_ups (id, reference, agent_id, kind, created_at, promised_at, due_at) "
            "SELECT 7, 'F-7', agent_id, kind, created_at, promised_at, due_at FROM follow_ups WHERE reference = 'F-1'"
        )
    return folder


@pytest.fixture
def site(tmp_path: Path, template: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of it to work in; returns the database."""
    shutil.copytree(template, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    return tmp_path / "calls.db"


@pytest.fixture
def _few_days(monkeypatch: pytest.MonkeyPatch) -> None:
    """A seeded floor has two days: that it has as many as are asked for is tried in `test_database`."""

    def seed(path: Path, *, days: int, **others: Any) -> int:
        return seed_all(path, days=min(days, 2), **others)

    seed_all = history.seed
    monkeypatch.setattr(history, "seed", seed)


@pytest.mark.usefixtures("_few_days")
@pytest.mark.parametrize("command", [each for each in every_command() if each not in PARSED_ONLY], ids=" ".join)
def test_each_example_works_as_it_is_printed(site: Path, command: tuple[str, ...]) -> None:
    before = site.read_bytes()
    for line in examples_of(command):
        words = words_of(line)
        if {"--watch", "--every", "--listen", "--exec"}.intersection(words):  # they go on until stopped
            continue
        site.write_bytes(before)
        if command[0] == "alarms":
            with closing(database_file.open_writer(site)) as connection:
                connection.execute(
                    "INSERT INTO calls (source, call_id, queue_id, entered_at) "
                    "SELECT 'test', 'waits', id, ? FROM queues WHERE name = 'Sales'",
                    (NOW - 300_000,),
                )
        if command == ("follow-up", "undo"):
            who = ("--who", "eva") if "--of" in words else ()
            done("follow-up", "move", "7", "2 h", "--by", "agent", *who, "--db", site)
        piped = (site.parent / f"{words[-2]}.csv").read_text(encoding="utf-8") if words[-1] == "-" else ""
        run = ccmon(*words, stdin=piped, CCMON_DB=str(site))
        if "--check" in words:  # what it finds is not the example's
            assert run.stdout.startswith(f"CCMON {State(run.returncode).name} - "), line
        else:
            assert run.returncode == 0, (line, run.stdout, run.stderr)
