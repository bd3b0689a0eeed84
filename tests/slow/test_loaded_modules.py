"""What a start loads: each way in is started as a process of its own."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.databases import new_database
from tests.report.reports import database

SHOW_MODULES = """
import sys
sys.argv = ["ccmon", *{arguments!r}]
from ccmon.cli import main
try:
    main()
except SystemExit:
    pass
loaded = sorted(sys.modules)
import json
print(json.dumps(loaded), file=sys.stderr)
"""


def modules_loaded_by(*arguments: str) -> set[str]:
    """Names of the modules in a process of its own after one command."""
    run = subprocess.run(
        [sys.executable, "-c", SHOW_MODULES.format(arguments=arguments)],
        check=True,
        capture_output=True,
        text=True,
    )
    assert run.stdout.strip()
    return set(json.loads(run.stderr.strip().splitlines()[-1]))


def test_help_loads_neither_textual_nor_a_database() -> None:
    loaded = modules_loaded_by("--help")
    assert "ccmon.cli" in loaded
    assert loaded.isdisjoint({"textual", "aiosqlite", "asyncio", "sqlite3"})


@pytest.mark.parametrize("option", ["--help", "--version"])
def test_help_and_version_load_no_command(option: str) -> None:
    ours = {name for name in modules_loaded_by(option) if name.partition(".")[0] == "ccmon"}
    assert ours <= {"ccmon", "ccmon.cli", "ccmon.cli.direct", "ccmon.cli.typer_app", "ccmon.errors", "ccmon.language"}
    assert "importlib.metadata" not in modules_loaded_by(option)


def test_a_look_at_the_settings_loads_no_writer_of_toml() -> None:
    assert modules_loaded_by("config", "show", "theme").isdisjoint({"textual", "asyncio", "tomlkit"})


def test_an_export_loads_no_screen_and_no_figures(tmp_path: Path) -> None:
    path = new_database(tmp_path / "calls.db", time_zone="Europe/Amsterdam")
    loaded = modules_loaded_by("export", "calls", "--db", str(path))
    assert "ccmon.report.csv_export" in loaded
    assert loaded.isdisjoint({"textual", "aiosqlite", "asyncio", "tomlkit", "rich.progress", "ccmon.snapshot"})


def test_the_screen_and_status_load_no_proofs_before_somebody_asks(tmp_path: Path) -> None:
    path = new_database(tmp_path / "calls.db", time_zone="Europe/Amsterdam")
    show = "import sys, json, ccmon.monitor.app; print(json.dumps(sorted(sys.modules)))"
    run = subprocess.run([sys.executable, "-c", show], check=True, capture_output=True, text=True)
    for loaded in (set(json.loads(run.stdout)), modules_loaded_by("status", "--db", str(path))):
        assert "ccmon.views.queues" in loaded
        assert loaded.isdisjoint({"ccmon.views.counting", "ccmon.views.proofs", "ccmon.database.proofs"})


def test_status_loads_no_screen_and_no_event_loop(tmp_path: Path) -> None:
    path = new_database(tmp_path / "calls.db", time_zone="Europe/Amsterdam")
    loaded = modules_loaded_by("status", "--json", "--db", str(path))
    assert "ccmon.database.reader" in loaded
    assert loaded.isdisjoint({"textual", "aiosqlite", "asyncio", "rich.table", "typer", "dataclasses", "inspect"})
    assert "urllib.parse" not in loaded
    assert "re" not in loaded or sys.version_info >= (3, 12)  # there pathlib needs it
    ours = {name for name in loaded if name.startswith("ccmon.")}
    assert ours.isdisjoint({"ccmon.views.panel", "ccmon.monitor", "ccmon.sources", "ccmon.simulator", "ccmon.calls"})
    assert "ccmon.database.total_sql.queries" not in ours
    assert ours.isdisjoint(
        f"ccmon.database.{name}" for name in ("live_reader", "live_rows", "periodic_poller", "totals")
    )
    assert {name for name in ours if name.startswith("ccmon.cli.")} == {
        "ccmon.cli.direct",
        "ccmon.cli.run_status",
        "ccmon.cli.values",
    }


def test_status_reads_no_annotations(tmp_path: Path) -> None:
    """For the first annotation that is a text, Python makes all its classes of syntax trees: a millisecond of 90."""
    path = new_database(tmp_path / "calls.db", time_zone="Europe/Amsterdam")
    script = f"""import sys
from ccmon.partial_imports import import_parts
import_parts("typing", "msgspec", "zoneinfo")
import typing
typing.compile = lambda text, *_: print(text, file=sys.stderr) or compile(text, *_)
sys.argv = ["ccmon", "status", "--json", "--db", {str(path)!r}]
from ccmon.cli import main
main()"""
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert run.stdout
    assert not run.stderr


@pytest.mark.parametrize("module", ["ccmon.database.writer", "ccmon.simulator.process_main"])
def test_a_writer_loads_nothing_that_makes_figures(module: str) -> None:
    script = f"import sys, {module}; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout.split()
    assert module in loaded
    assert {"ccmon.snapshot", "ccmon.views", "argparse", "asyncio"}.isdisjoint(loaded)


def test_the_demos_floor_loads_nothing_that_it_does_not_need_at_first() -> None:
    script = """import sys
from ccmon.partial_imports import import_parts
import_parts("msgspec")
import ccmon.simulator.process_main
print(*sys.modules)"""
    loaded = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout.split()
    assert "ccmon.simulator.process_main" in loaded
    assert {"dataclasses", "inspect", "typing_extensions", "shutil", "tempfile", "difflib"}.isdisjoint(loaded)


def test_a_report_loads_what_writes_its_format_alone() -> None:
    loaded = modules_loaded_by("report", "--db", str(database()))
    assert "ccmon.report.plain_text" in loaded
    others = {"html", "charts", "elements", "markdown", "data", "json", "json_writer"}
    assert loaded.isdisjoint(f"ccmon.report.{name}" for name in others)
    assert loaded.isdisjoint({"textual", "asyncio", "aiosqlite", "xml.etree.ElementTree", "ccmon.simulator"})


def test_others_load_nothing_of_reports() -> None:
    for words in (("status", "--db", str(database())), ("--help",)):
        loaded = modules_loaded_by(*words)
        assert {name for name in loaded if name.startswith("ccmon.report.")} <= {"ccmon.report.text"}
