"""docs/tables.md says what is so: kinds, columns, rules, mappings."""

from __future__ import annotations

import re
import tomllib
import typing
from pathlib import Path

from ccmon.cli.import_table import import_table as import_command
from ccmon.cli.templates import import_order
from ccmon.database import database_file
from ccmon.database.table_specs import KINDS, TableSpec
from ccmon.model.calls import Outcome
from ccmon.sources.table import mapping_checks, mapping_fields
from ccmon.sources.table.call_import import import_calls
from ccmon.sources.table.mapping import parse, read
from ccmon.sources.table.site_table_import import import_table
from tests.databases import new_database

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "tables.md").read_text(encoding="utf-8")
TOML = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)


def test_every_kind_and_column_is_documented_and_no_other() -> None:
    documented = {}
    for section in re.split(r"^### ", PAGE, flags=re.MULTILINE)[1:]:
        name, _, body = section.partition("\n")
        documented[name] = re.findall(r"^\| ([\w-]+) \| (.+) \|$", body, re.MULTILINE)[1:]
    assert documented == {
        kind.name: [
            (column.name, column.help + ("; each row must have it" if column.required else ""))
            for column in kind.columns
        ]
        for kind in KINDS.values()
    }
    assert all(f"Known by {key_in_words(kind)}." in PAGE for kind in KINDS.values())


def key_in_words(kind: TableSpec) -> str:
    return ", else ".join(" and ".join(filter(None, (", ".join(names[:-1]), names[-1]))) for names in kind.keys)


def test_the_help_of_the_command_names_every_kind() -> None:
    kind = typing.get_type_hints(import_command, include_extras=True)["kind"]
    names, _, _ = kind.__metadata__[0].help.partition(".")
    assert re.split(r", | or ", names) == import_order()


def test_the_page_gives_the_order_in_which_templates_are_imported() -> None:
    (order,) = re.findall(r"Import in this order those tables that you have:\n(.*?)\.\n", PAGE, re.DOTALL)
    assert order.replace("\n", " ").split(", ") == import_order()
    assert set(import_order()) == {"calls", *KINDS}


def test_every_field_and_word_of_a_mapping_is_named() -> None:
    named = set(re.findall(r"`(\w+)`", PAGE))
    assert named >= {*mapping_fields.TEXTS, *mapping_fields.MOMENTS, *mapping_fields.DURATIONS, *Outcome}
    words = named | set(re.findall(r"\b(\w+) =", PAGE))
    # For SQLite files alone.
    assert set().union(*mapping_checks.RULE_KEYS.values(), mapping_checks.FILE_KEYS) - words == {"table"}


def test_the_example_reads_the_table_it_was_made_for(tmp_path: Path) -> None:
    _, example = TOML
    rules = parse(tomllib.loads(example), "example")
    path = new_database(tmp_path / "calls.db", time_zone="UTC")
    file = tmp_path / "export.csv"
    file.write_bytes(
        "Id;Type;Skill;Agent;Number;Date;In queue;Wait;Talk;Result\n"
        "1;Inbound;S1;Zoë;0612;23.11.2026;2:30:00 PM;0:12;3;OK\n"
        "2;Inbound;S9;-;0613;23.11.2026;2:31:00 PM;40;-;Hung\n"
        "3;Internal;S1;Zoë;0614;23.11.2026;2:32:00 PM;1;1;OK\n"
        "4;Callback;TEST;Zoë;0615;23.11.2026;2:33:00 PM;1;1;OK\n".encode("windows-1252")
    )
    report = import_calls(path, file, rules)
    assert (report.added, report.left_out, report.rejected) == (2, 2, [])
    connection = database_file.open_reader(path)
    found = connection.execute(
        "SELECT call_id, queues.name, login, entered_at, wait_ms, talk_ms, class FROM calls JOIN queues ON queues.id = "
        "queue_id LEFT JOIN agents ON agents.id = agent_id ORDER BY call_id"
    ).fetchall()
    connection.close()
    at = 1_795_440_600_000  # half past one in UTC
    assert found == [
        ("1", "sales", "Zoë", at, 12_000, 180_000, "answered"),
        ("2", "other", None, at + 60_000, 40_000, None, "abandoned"),
    ]


def test_the_example_of_sales_reads_the_table_it_was_made_for(tmp_path: Path) -> None:
    example, _ = TOML
    path = new_database(tmp_path / "calls.db", time_zone="UTC", currency="EUR")
    file = tmp_path / "export.csv"
    file.write_text(
        "Bestelnummer;Betaald op;Besteldatum;Bedrag;Land;Klantnr;Verkoper;Status;Gewijzigd\n"
        "1;;03-11-2026;1.234,50 €;NL;7;J. de Vries;Betaald;\n"
        "2;04-11-2026 10:00;03-11-2026;-;NL;7;eva;Betaald;\n"
        "3;;05-11-2026;5,00;NL;7;n.v.t.;Retour;06-11-2026\n"
        "4;;05-11-2026;5,00;NL;7;eva;Open;\n",
        encoding="utf-8",
    )
    connection = database_file.open_writer(path)
    connection.execute("INSERT INTO agents (login) VALUES ('jan')")
    connection.execute("INSERT INTO customers (reference) VALUES ('NL-7')")
    connection.execute("INSERT INTO campaigns (name) VALUES ('Najaar')")
    connection.close()
    report = import_table(path, "sales", file, mapping=parse(tomllib.loads(example), "example"))
    assert [row.line for row in report.rejected] == [3], "it has no amount, and nobody is called eva"
    assert (report.added, report.left_out) == (2, 1)
    connection = database_file.open_reader(path)
    found = connection.execute(
        "SELECT reference, date(sold_at / 1000, 'unixepoch'), amount_cents, agent_id, customer_id, campaign_id, "
        "date(cancelled_at / 1000, 'unixepoch') FROM sales ORDER BY 1"
    ).fetchall()
    connection.close()
    assert found == [
        ("1", "2026-11-03", 123_450, 1, 1, 1, None),
        ("3", "2026-11-05", 500, None, 1, 1, "2026-11-06"),
    ]


def test_every_mapping_of_the_samples_can_be_read() -> None:
    found = sorted((ROOT / "sample_data" / "mappings").glob("*.toml"))
    assert len(found) == 9
    for file in found:
        assert read(file).rules
    assert {"asterisk-cdr.toml", "asterisk-cdr-sqlite.toml"} <= {file.name for file in found if file.name in PAGE}
