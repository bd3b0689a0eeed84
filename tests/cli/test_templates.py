"""``ccmon templates`` gives what the documents name."""

from __future__ import annotations

from pathlib import Path

from ccmon.cli.templates import import_order
from ccmon.database.table_specs import KINDS
from tests.commands import ccmon, done, one_line
from tests.databases import new_database

ROOT = Path(__file__).parents[2]


def names(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def test_each_kind_of_table_has_its_template_and_no_file_is_lost(tmp_path: Path) -> None:
    folder = tmp_path / "start"
    said = done("templates", folder)
    assert said == (
        f"Copied {len(names(folder))} files into {folder}: templates, mappings, dashboards, docs.\n"
        f"Tables name rows of each other: import those that you have in this order: {', '.join(import_order())}.\n"
    )
    assert {f"templates/{kind}.csv" for kind in KINDS} <= names(folder)
    assert {
        "docs/tables.md",
        "docs/status.schema.json",
        "mappings/asterisk-cdr.toml",
        "dashboards/grafana.json",
    } <= names(folder)
    mine = folder / "templates" / "agents.csv"
    mine.write_text("login\nanna\n")
    assert f"Kept {mine}, which differs; --replace replaces it." in done("templates", folder)
    assert mine.read_text() == "login\nanna\n"
    done("templates", folder, "--replace")
    assert mine.read_bytes() == (ROOT / "sample_data" / "templates" / "agents.csv").read_bytes()
    assert "is a file; name a directory" in one_line(ccmon("templates", mine))


def test_all_templates_go_in_by_the_order_that_the_command_prints(tmp_path: Path) -> None:
    path = new_database(tmp_path / "calls.db", time_zone="Europe/Amsterdam")
    folder = tmp_path / "start"
    printed = done("templates", folder).splitlines()[-1]
    order = printed.partition("in this order: ")[2].rstrip(".").split(", ")
    assert len(order) == len(list((folder / "templates").glob("*.csv")))
    for kind in order:
        mapping = ("--mapping", folder / "mappings" / "calls.toml") if kind == "calls" else ()
        table = folder / "templates" / f"{kind}.csv"
        said = done("import", "table", kind, table, *mapping, "--db", path)
        rows = len(table.read_text(encoding="utf-8").splitlines()) - 1
        assert said == f"{kind}: {rows} row{'s' if rows > 1 else ''} added, 0 changed, 0 as before, 0 refused\n", kind
