"""A long import on a terminal: it shows how far it is, can be broken off by a key, and goes on from there."""

from __future__ import annotations

import sys
from contextlib import closing
from pathlib import Path

from benchmarks.terminal import Terminal
from ccmon.database import database_file
from tests.databases import new_database

ROWS = 6_000
# The program itself, with batches as small as a test's file is.
IN_SMALL_BATCHES = """
import sys
from ccmon.cli import main
from ccmon.sources.table import call_import
call_import.import_calls.__kwdefaults__["batch"] = 100
sys.exit(main())
"""


def test_an_import_shows_how_far_it_is_and_is_taken_up_after_ctrl_c(tmp_path: Path) -> None:
    path, file, mapping = tmp_path / "calls.db", tmp_path / "calls.csv", tmp_path / "m.toml"
    new_database(path, time_zone="UTC")
    rows = (f"c{row},2026-11-23 {row // 3600:02}:{row // 60 % 60:02}:{row % 60:02}\n" for row in range(ROWS))
    file.write_text("id,t\n" + "".join(rows), encoding="utf-8")
    mapping.write_text('source = "export"\n[call]\ncall_id = "id"\nentered_at = "t"\n', encoding="utf-8")
    command: list[str | Path] = [
        sys.executable,
        "-c",
        IN_SMALL_BATCHES,
        "import",
        "table",
        "calls",
        file,
        "--mapping",
        mapping,
    ]
    command += ["--db", path]
    with Terminal(command, size=(80, 24)) as terminal:
        assert terminal.watch(lambda: records(path) > 0)
        terminal.wait_for(" %")
        terminal.send("\x03")
        assert terminal.wait_for_exit() == 130
        assert "the same command goes on from there" in " ".join(terminal.text().split())
    taken_in = records(path)
    assert 0 < taken_in < ROWS
    with Terminal(command, size=(80, 24)) as terminal:
        assert terminal.wait_for_exit() == 0
        shown = " ".join(terminal.text().split())
        assert f"Taken up again after row {taken_in:,}" in shown
        assert f"{ROWS - taken_in:,} rows added, 0 changed, 0 as before, 0 refused" in shown
    assert records(path) == ROWS


def records(path: Path) -> int:
    with closing(database_file.open_reader(path)) as connection:
        ((found,),) = connection.execute("SELECT coalesce(sum(records), 0) FROM sources").fetchall()
    return int(found)
