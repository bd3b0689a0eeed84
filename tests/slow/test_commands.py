"""Each command once as a process of its own; what else the commands do is tested in the process of the tests."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from ccmon.database import database_file
from tests.cli.test_database_names import every_command
from tests.commands import done
from tests.databases import new_database
from tests.processes import run_process

SAMPLES = Path(__file__).parents[2] / "sample_data"
COMMANDS: dict[str, tuple[int, str]] = {
    "init": (0, "is up to date (schema "),
    "doctor": (0, "+ ok     schema"),
    "demo --days 0": (1, "needs a terminal"),  # test_demo gives it one
    "seed --days 0 --agents 12 --until 2026-11-20T09:30": (0, "48 calls of 1 day, until 2026-11-20 09:30"),
    "monitor": (1, "needs a terminal for its input and its output (ssh -t)"),  # test_terminal gives it one
    "sources": (0, "Nothing feeds this database yet"),
    "status --json": (0, '"queues": []'),
    "proof offered": (0, "offered, Queue: 0"),
    "openmetrics": (0, "ccmon_up 1"),
    "report --format json": (0, '"completeness": "The database is still empty."'),
    f"import queue-log {SAMPLES}/queue_log": (0, "76 calls from 325 new records"),
    f"import table customers {SAMPLES}/templates/customers.csv": (0, "customers: 2 rows added, 0 changed"),
    "follow queue-log .": (1, "is a directory; name the queue log in it."),
    "follow ami --user ccmon": (1, "set CCMON_AMI_PASSWORD"),
    "follow freeswitch": (2, "name the switch by --event-socket"),
    "service install --dry-run --user queue-log log": (0, "[Service]"),
    "service show": (2, "No such option: --db"),
    "service status": (2, "No such option: --db"),
    "service remove": (2, "No such option: --db"),
    "config show theme": (0, "theme  terminal  default"),
    "config set nothing 3": (2, "there is no setting nothing"),
    "config unset site.name": (0, "site.name is not set."),
    "config log": (0, "No change is noted."),
    "config export -": (0, "# The configuration of a ccmon site"),
    "config apply /nonexistent": (1, "/nonexistent cannot be read"),
    "templates .": (2, "No such option: --db"),
    "backup /dev/null": (1, "/dev/null"),
    "restore /nonexistent": (1, "/nonexistent"),
    "setup ssh --help": (0, "let supervisors in"),
    "export queues": (0, "name,client,purpose"),
    "follow-up list": (0, "1  overdue since 1970-01-01 00:00  bea  Mr Tan  offer"),
    "alarms have longest_wait sales": (1, "No alarm longest_wait about sales stands"),
    "alarms quiet longest_wait sales": (1, "No alarm longest_wait about sales stands"),
    "alarms release longest_wait sales": (1, "No alarm longest_wait about sales stands"),
    "follow-up add": (2, "Missing CUSTOMER and TIME"),
    "follow-up done 1 --outcome reached": (0, "bea  Mr Tan  offer"),
    "follow-up move 1 2060-01-01T18:00 --by customer": (0, "1  due 2060-01-01 18:00  bea  Mr Tan"),
    "follow-up hand-over 1 ana": (0, "1  due 1970-01-01 00:00  ana  Mr Tan"),
    "follow-up undo 1": (0, "1  due 1970-01-01 00:00  ana  Mr Tan"),
    "follow-up history 1": (0, "handed_over: agent_id 1 → 2"),
}


@pytest.fixture
def promised(tmp_path: Path) -> Path:
    """A database with a follow-up that has been handed over."""
    path = new_database(tmp_path / "promised.db", time_zone="UTC")
    with closing(database_file.open_writer(path)) as connection:
        connection.execute("INSERT INTO agents (id, login) VALUES (1, 'ana'), (2, 'bea')")
        connection.execute("INSERT INTO customers (id, name) VALUES (1, 'Mr Tan')")
        connection.execute(
            "INSERT INTO follow_ups (id, customer_id, agent_id, kind, created_at, due_at, promised_at)"
            " VALUES (1, 1, 1, 'offer', 1, 2, 2)"
        )
    done("follow-up", "hand-over", 1, "bea", "--db", path)
    return path


def test_no_command_is_left_out() -> None:
    named = [command.split() for command in COMMANDS]
    assert [
        command for command in every_command() if list(command) not in [each[: len(command)] for each in named]
    ] == []


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_runs_as_a_process(tmp_path: Path, promised: Path, command: str) -> None:
    path = promised if command.startswith("follow-up") else new_database(tmp_path / "calls.db", time_zone="UTC")
    status, words = COMMANDS[command]
    run = run_process(*command.split(), "--db", path)
    assert run.returncode == status, run.stderr
    assert words in (run.stderr if status else run.stdout)
    assert (run.stdout if status else run.stderr) == ""
