"""``ccmon templates`` gives what the documents name."""

from __future__ import annotations

from pathlib import Path

from ccmon.database.table_specs import KINDS
from tests.commands import ccmon, done, one_line

ROOT = Path(__file__).parents[2]


def names(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def test_each_kind_of_table_has_its_template_and_no_file_is_lost(tmp_path: Path) -> None:
    folder = tmp_path / "start"
    said = done("templates", folder)
    assert said == f"Copied {len(names(folder))} files into {folder}: templates, mappings, docs.\n"
    assert {f"templates/{kind}.csv" for kind in KINDS} <= names(folder)
    assert {"docs/tables.md", "docs/status.schema.json", "mappings/asterisk-cdr.toml"} <= names(folder)
    mine = folder / "templates" / "agents.csv"
    mine.write_text("login\nanna\n")
    assert f"Kept {mine}, which differs; --replace replaces it." in done("templates", folder)
    assert mine.read_text() == "login\nanna\n"
    done("templates", folder, "--replace")
    assert mine.read_bytes() == (ROOT / "sample_data" / "templates" / "agents.csv").read_bytes()
    assert "is a file; name a directory" in one_line(ccmon("templates", mine))
