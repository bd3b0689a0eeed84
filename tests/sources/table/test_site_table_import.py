"""Business tables: what goes in, what is refused and why, and that nothing goes in twice."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from ccmon.database import database_file
from ccmon.database.cell_types import CellType
from ccmon.database.table_specs import KINDS
from ccmon.errors import CcmonError
from ccmon.number_texts import CellError
from ccmon.sources.queue_log.import_files import import_logs
from ccmon.sources.table.cells import CellContext, parser_of
from ccmon.sources.table.doubled_rows import DoubledRowsError
from ccmon.sources.table.import_report import ImportReport
from ccmon.sources.table.mapping import parse
from ccmon.sources.table.site_table_import import import_table
from tests.databases import new_database, open_copy, rows

TEMPLATES = Path(__file__).parents[3] / "sample_data" / "templates"
ZONE = ZoneInfo("Europe/Amsterdam")


def at(text: str) -> int:
    return round(datetime.fromisoformat(text).replace(tzinfo=ZONE).timestamp() * 1000)


def statements() -> list[str]:
    """Two agents, two teams, a customer, and three calls of a sales queue, one of them of two visits."""
    moments = [
        [at(f"2026-11-{text}") for text in visit.split()]
        for visit in (
            "23T10:00 23T10:01 23T10:02",
            "23T10:03 23T10:04 23T10:05",
            "23T11:00 23T11:00 23T11:05",
            "20T11:00 20T11:00 20T11:05",
        )
    ]
    visits = [
        "1, 'pbx', 'c1', 1, 2, NULL",
        "2, 'pbx', 'c1', 2, 1, 1",
        "3, 'pbx', 'c2', 1, 1, 1",
        "4, 'old', 'c2', 1, 2, 1",
    ]
    columns = "id, source, call_id, visit, agent_id, customer_id, entered_at, answered_at, ended_at, queue_id"
    calls = f"INSERT INTO calls ({columns}) VALUES"
    return [
        "INSERT INTO teams (id, name) VALUES (1, 'Blue'), (2, 'Green')",
        "INSERT INTO queues (id, name, purpose) VALUES (1, 'orders', 'sales')",
        "INSERT INTO agents (id, login, name, team_id) VALUES (1, 'eva', 'Eva', 1), (2, 'omar', 'Omar', 1)",
        "INSERT INTO agent_aliases (alias, agent_id) VALUES ('PJSIP/1001', 1)",
        "INSERT INTO customers (id, reference, name) VALUES (1, 'K-1', 'Ada')",
        "INSERT INTO campaigns (id, name) VALUES (1, 'Autumn')",
        "INSERT INTO contact_reasons (id, name) VALUES (1, 'Bill')",
        *(f"{calls} ({visit}, {', '.join(map(str, times))}, 1)" for visit, times in zip(visits, moments, strict=True)),
    ]


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = new_database(tmp_path_factory.mktemp("filled") / "calls.db", time_zone="Europe/Amsterdam", currency="EUR")
    connection = database_file.open_writer(path)
    for statement in statements():
        connection.execute(statement)
    connection.close()
    return path


class Site:
    """A copy of the filled database, and what is done to it."""

    def __init__(self, path: Path) -> None:
        self.directory, self.path = path.parent, path

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        return rows(self.path, statement)

    def take(self, kind: str, text: str | bytes, *, dry_run: bool = False, encoding: str | None = None) -> ImportReport:
        file = self.directory / f"{kind}.csv"
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        return import_table(self.path, kind, file, dry_run=dry_run, encoding=encoding)


@pytest.fixture
def site(filled: Path) -> Iterator[Site]:
    with open_copy(filled) as (path, _):
        yield Site(path)


def counts(report: ImportReport) -> tuple[int, int, int, int]:
    return report.added, report.changed, report.same, len(report.rejected)


def test_every_kind_has_a_template_that_goes_in(tmp_path: Path) -> None:
    path = new_database(tmp_path / "calls.db", time_zone="Europe/Amsterdam", currency="EUR")
    import_logs(path, [str(TEMPLATES.parent / "queue_log")], source="queue-log")
    assert {file.stem for file in TEMPLATES.glob("*.csv")} == {"calls", *KINDS}
    for kind in KINDS:
        file = TEMPLATES / f"{kind}.csv"
        header, *lines = file.read_text(encoding="utf-8").splitlines()
        missing = {column.name for column in KINDS[kind].columns} - {"amount_cents"} - set(header.split(","))
        assert not missing, f"the template of {kind} lacks {missing}"
        report = import_table(path, kind, file)
        # The log beside the templates has made their queues already, without targets.
        expected = (0, len(lines), 0, 0) if kind == "queues" else (len(lines), 0, 0, 0)
        assert counts(report) == expected, report.rejected
        assert counts(import_table(path, kind, file)) == (0, 0, len(lines), 0), kind


def test_importing_again_changes_what_changed_and_doubles_nothing(site: Site) -> None:
    first = "reference,sold_at,amount,customer\nS1,2026-11-23T10:05,10.00,K-1\nS2,2026-11-23T10:06,20.00,K-1\n"
    assert counts(site.take("sales", first)) == (2, 0, 0, 0)
    again = "reference,sold_at,amount,customer\nS1,2026-11-23T10:05,12.50,K-1\nS2,2026-11-23T10:06,20.00,K-1\n"
    assert counts(site.take("sales", again + "S3,2026-11-23T10:07,1.00,\n")) == (1, 1, 1, 0)
    assert site.rows("SELECT reference, amount_cents, customer_id FROM sales ORDER BY 1") == [
        ("S1", 1250, 1), ("S2", 2000, 1), ("S3", 100, None),
    ]  # fmt: skip


SAME = "reference,sold_at,amount,agent\nS1,2026-11-23T10:05,10.00,eva\n"


def test_a_row_that_stands_twice_in_a_file_is_as_before(site: Site) -> None:
    """As the same row of two files is, and as one that was there before the file."""
    row = SAME.splitlines()[1] + "\n"
    assert counts(site.take("sales", SAME + row + row)) == (1, 0, 2, 0)
    assert counts(site.take("sales", SAME + row)) == (0, 0, 2, 0)
    changed = row.replace("10.00", "12.00")
    assert counts(site.take("sales", SAME.replace("10.00", "12.00") + changed)) == (0, 1, 1, 0)
    report = site.take("sales", SAME.replace("10.00", "12.00") + row)
    assert counts(report) == (0, 0, 1, 1)
    assert report.rejected == [
        (3, "the same sale stands on line 2 already, with another amount; only that one goes in")
    ]
    assert site.rows("SELECT amount_cents FROM sales") == [(1200,)]


def test_rows_said_twice_do_not_hide_that_all_are_there_under_other_references(site: Site) -> None:
    made = "".join(f"{row:016x},2026-11-23T10:{row:02},{row}\n" for row in range(20))
    assert site.take("sales", "reference,sold_at,amount\n" + made).added == 20
    own = [f"B-{row},2026-11-23T10:{row:02},{row}\n" for row in range(20)]
    with pytest.raises(DoubledRowsError):
        site.take("sales", "reference,sold_at,amount\n" + "".join(each + each for each in own))


def test_a_length_may_have_its_unit(site: Site) -> None:
    header = "reason,limit\n"
    assert counts(site.take("pause-reasons", header + "lunch,45 min\nbreak,900\nwalk,0:30:00\ncall,1.5h\n")) == (
        4,
        0,
        0,
        0,
    )
    limits = dict(site.rows("SELECT reason, limit_ms FROM pause_reasons"))
    assert limits == {"lunch": 2_700_000, "break": 900_000, "walk": 1_800_000, "call": 5_400_000}


def test_columns_that_a_file_lacks_stay_as_they_are_and_empty_cells_become_unknown(site: Site) -> None:
    site.take("agents", "login,name,team,hourly_cost\nnew,Nina,Blue,30\n")
    assert counts(site.take("agents", "login,team\nnew,Green\n")) == (0, 1, 0, 0)
    assert site.rows("SELECT name, team_id, hourly_cost_cents, active FROM agents WHERE login = 'new'") == [
        ("Nina", 2, 3000, 1)
    ]
    assert counts(site.take("agents", "login,team,active\nnew,,\n")) == (0, 1, 0, 0)
    assert site.rows("SELECT name, team_id, active FROM agents WHERE login = 'new'") == [("Nina", None, 1)]


def test_a_dry_run_tells_all_and_changes_nothing(site: Site) -> None:
    before = site.rows("SELECT * FROM agents")
    report = site.take("agents", "login,team\nnew,Blue\neva,Green\nomar,Blue\nx,Red\n", dry_run=True)
    assert counts(report) == (1, 1, 1, 1)
    assert site.rows("SELECT * FROM agents") == before


def test_the_totals_follow_the_sales(site: Site) -> None:
    site.take("sales", "reference,sold_at,amount,call\nS1,2026-11-23T10:05,10.00,c1\nS2,2026-11-23T11:05,5,\n")
    total = "SELECT agent_id, sales, converted, revenue_cents FROM agent_days WHERE sales <> 0 ORDER BY agent_id"
    assert site.rows(total) == [(0, 1, 1, 500), (1, 1, 1, 1000)]
    site.take("sales", "reference,sold_at,amount,cancelled_at\nS1,2026-11-23T10:05,10.00,2026-11-24\n")
    assert site.rows(total) == [(0, 1, 1, 500)]


def test_a_refund_takes_its_sale_back_and_is_no_sale_of_less_than_nothing(site: Site) -> None:
    """A credit note of -4.00 counted as one more sale and one more converted call."""
    site.take("sales", "reference,sold_at,amount,call\nS1,2026-11-23T10:05,10.00,c1\n")
    total = "SELECT agent_id, sales, converted, revenue_cents FROM agent_days WHERE sales <> 0"
    report = site.take("sales", "reference,sold_at,amount,call\nC1,2026-11-23T12:00,-4.00,\n")
    assert (counts(report), site.rows(total)) == ((0, 0, 0, 1), [(1, 1, 1, 1000)])
    for impossible in ("-999999999999", "-" + "9" * 30):
        assert counts(site.take("sales", f"reference,sold_at,amount\nC2,2026-11-23T12:00,{impossible}\n")) == (
            0,
            0,
            0,
            1,
        )
    site.take("sales", "reference,sold_at,amount,call\nS1,2026-11-23T10:05,6.00,c1\n")
    assert site.rows(total) == [(1, 1, 1, 600)], "a part, on the day of the sale"


@pytest.mark.parametrize(
    ("kind", "row", "lost"),
    [
        ("agents", "login,hourly_cost\nzoe,-20\n", "hourly_cost"),
        ("quotas", "scope,period,starts_on,sales,revenue\ncentre,day,2026-11-23,5,-1\n", "revenue"),
        ("investments", "name,goal,starts_on,cost,revenue\nAds,retention,2026-11-02,5,-1\n", "revenue"),
    ],
)
def test_other_amounts_below_0_count_as_not_said(site: Site, kind: str, row: str, lost: str) -> None:
    report = site.take(kind, row)
    assert counts(report)[::3] == (1, 0)
    assert "cannot be below 0" in str(report.impossible.most_common()[0].text)
    assert site.rows(f"SELECT {lost}_cents FROM {kind} ORDER BY {lost}_cents LIMIT 1") == [(None,)]


@pytest.mark.parametrize(
    "text",
    [
        "reference,name\nK-9,Zoë\n",
        "reference;name\nK-9;Zoë\n",
        "reference\tname\nK-9\tZoë\n",
        "reference|name\r\nK-9|Zoë\r\n",
        "\ufeffReference, Name \r\nK-9,Zoë\r\n",
        'reference,name\n"K-9","Zoë"\n',
        "reference,name\rK-9,Zoë\r",
        "\n\nreference,name\n\nK-9,Zoë\n\n",
    ],
    ids=["comma", "semicolon", "tab", "pipe", "mark and capitals", "quoted", "old Mac", "blank lines"],
)
def test_however_it_is_separated(site: Site, text: str) -> None:
    assert counts(site.take("customers", text)) == (1, 0, 0, 0)
    assert site.rows("SELECT name FROM customers WHERE reference = 'K-9'") == [("Zoë",)]


@pytest.mark.parametrize("encoding", ["utf-16", "windows-1252", "utf-8-sig"])
def test_other_encodings_are_told_from_the_bytes(site: Site, encoding: str) -> None:
    assert counts(site.take("customers", "reference,name\nK-9,Zoë\n".encode(encoding))) == (1, 0, 0, 0)
    assert site.rows("SELECT name FROM customers WHERE reference = 'K-9'") == [("Zoë",)]


def test_one_garbled_line_does_not_take_the_file_with_it(site: Site) -> None:
    report = site.take("customers", b"reference,name\nK-8,Zo\xeb\nK-9,Ada\n", encoding="utf-8")
    assert counts(report) == (1, 0, 0, 1)
    assert report.rejected[0].line == 2
    assert report.rejected[0].reason.endswith(
        "not UTF-8; save the file as UTF-8, or say which it is with --encoding, such as windows-1252"
    )


def test_a_row_with_bad_cells_is_told_its_unknown_names_too(site: Site) -> None:
    report = site.take("sales", "reference,sold_at,amount,agent,campaign\nS-1,yesterday,x,nobody,none\n")
    assert [row.reason for row in report.rejected] == [
        "sold_at is 'yesterday', and must be a time such as 2026-11-23T14:30 or a date; "
        "amount is 'x', and must be an amount such as 1234.50; "
        "there is no campaign 'none'; import the campaign first; there is no agent 'nobody'; import the agent first"
    ]


@pytest.mark.parametrize(
    ("cells", "reasons"),
    [
        ("2026-11-23,1,nobody,usd", ["there is no agent 'nobody'; import the agent first"]),
        ("yesterday,1,,USD", ["sold_at is 'yesterday', and must be a time such as 2026-11-23T14:30 or a date"]),
        ("2026-11-23,1,nobody,EUR", None),
    ],
)
def test_a_currency_that_is_not_the_sites_is_told_with_all_else(
    site: Site, cells: str, reasons: list[str] | None
) -> None:
    report = site.take("sales", f"reference,sold_at,amount,agent,currency\nS-1,{cells}\n")
    currency = "its amount is in USD, and this site counts in EUR: amounts in two currencies have no sum"
    told = "there is no agent 'nobody'; import the agent first" if reasons is None else "; ".join([*reasons, currency])
    assert [row.reason for row in report.rejected] == [told]


REFUSALS = [
    ("opening-hours", "weekday,hours\nmonday,9-17\nMonday,10-18\n", 3,
     "Monday stands on line 2 already, with another hours; only that one goes in"),
    ("holidays", "day,name\n2026-12-25,Christmas\n2026-12-25,Xmas\n", 3,
     "2026-12-25 stands on line 2 already, with another name; only that one goes in"),
    ("quotas", "scope,name,period,starts_on,sales\nteam,Blue,day,2026-11-23,5\nteam,Blue,day,2026-11-23,6\n", 3,
     "the same quota stands on line 2 already, with another sales; only that one goes in"),
    ("call-reasons", "call,source,reason,is_primary\nc1,,Bill,yes\nc1,,Bill,no\n", 3,
     "the same call reason stands on line 2 already, with another is_primary; only that one goes in"),
    ("sales", "reference,sold_at,amount,currency\nS1,2026-11-23,1,EUR\nS2,2026-11-23,1,USD\n", 3,
     "its amount is in USD, and this site counts in EUR: amounts in two currencies have no sum"),
    ("surveys", "reference,answered_at,score,scale\nR0,2026-11-23T12:00,5,5\nR1,2026-11-23T12:00,6,5\n", 3,
     "its score of 6 lies above its scale of 5"),
    ("sales", "reference,sold_at,amount,call\nS1,2026-11-23,1,nope\nS2,2026-11-23,1,c1\n"
     "", 2, "there is no call 'nope'"),
    ("quotas", "scope,name,period,starts_on,sales\nteam,Blu,day,2026-11-23,5\nteam,Blue,day,2026-11-23,5\n", 2,
     "there is no team 'Blu'; did you mean 'Blue'?"),
    ("quotas", "scope,name,period,starts_on,sales\nteam,Zz,day,2026-11-23,5\nteam,Blue,day,2026-11-23,5\n", 2,
     "there is no team 'Zz'; import the team first"),
    ("sales", "reference,sold_at,amount,cancelled_at\nS1,2026-11-23T12:00,1,2026-11-22T12:00\nS2,2026-11-23,1,\n", 2,
     "cancelled_at (2026-11-22 12:00) lies before sold_at (2026-11-23 12:00)"),
    ("investments", "name,goal,starts_on,ends_on,cost\nAds,retention,2026-11-02,2026-11-01,5\n"
     "TV,service,2026-11-02,,5\n",
     2, "ends_on (2026-11-01) lies before starts_on (2026-11-02)"),
    ("customers", "reference,name\nK-7,Ada\nK-7,Bea\n"
     "", 3, "the same customer stands on line 2 already, with another name; only that one goes in"),
    ("customers", "name,phone\nAda,020-555 01\nBea,02055501\n", 3,
     "the same customer stands on line 2 already, with another name; only that one goes in"),
    ("sales", "reference,sold_at,amount,currency\nS1,2026-11-23,1,EUR\nS1,2026-11-24,2,EUR\n", 3,
     "the same sale stands on line 2 already, with another amount and sold_at; only that one goes in"),
    ("customers", "reference,name\n,Ada\nK-7,Bea\n"
     "", 2, "a customer needs a reference or a phone number to be known by"),
    ("sales", "reference,sold_at,amount,call\nS1,2026-11-23,1,c2\nS2,2026-11-23,1,c1\n", 2,
     "the call 'c2' is known from 2 sources; add the column source"),
    ("sales", "reference,sold_at,amount,call\nS1,2026-11-20,1,c1\nS2,2026-11-23,1,c1\n", 2,
     "sold_at lies more than a day before its call began"),
    ("sales", "reference,sold_at,amount\nS1,2026-11-23,1.250\nS2,2026-11-23,1\n", 2,
     "amount is '1.250': that may be thousands or decimals; write it as 1234.50"),
    ("sales", "reference,sold_at,amount\nS1,2026-11-23,-19.90\nS2,2026-11-23,0\n", 2,
     "amount is '-19.90', and no sale is below 0: for a refund give cancelled_at on the row of its sale, for a refund "
     "of a part the row of its sale again with the amount that is left"),
    ("sales", "reference,sold_at,amount_cents\nS1,2026-11-23,-1\nS2,2026-11-23,1\n", 2,
     "amount_cents is '-1', and no sale is below 0: for a refund give cancelled_at on the row of its sale, for a "
     "refund of a part the row of its sale again with the amount that is left"),
    ("investments", "name,goal,starts_on,cost\nAds,retention,2026-11-02,-5\nTV,service,2026-11-02,0\n", 2,
     "cost is '-5', and cannot be below 0"),
    ("sales", "reference,sold_at,amount\nS1,23.11.2026,1\nS2,2026-11-23,1\n", 2,
     "sold_at is '23.11.2026', and must be a time such as 2026-11-23T14:30 or a date"),
    ("sales", "reference,sold_at,amount\n,2026-11-23,1\nS2,2026-11-23,1\n", 2, "reference is missing"),
    ("sales", "reference,sold_at,amount\nS1,2026-11-23,1,2\nS2,2026-11-23,1\n", 2,
     "has 4 cells, and the first line names 3 columns"),
    ("sales", "reference,sold_at,amount,agent\nS1,2026-11-23,1,evva\nS2,2026-11-23,1,eva\n", 2,
     "there is no agent 'evva'; did you mean 'eva'?"),
    ("shifts", "agent,starts_at,ends_at\neva,2026-11-23T17:00,2026-11-23T08:00\n"
     "eva,2026-11-23T08:00,2026-11-23T17:00\n", 2,
     "ends_at (2026-11-23 08:00) lies before starts_at (2026-11-23 17:00)"),
    ("follow-ups", "reference,created_at,due_at\nF1,2026-11-23T12:00,2026-11-22T12:00\n"
     "F2,2026-11-23T12:00,2026-11-23\n", 2,
     "due_at (2026-11-22 12:00) lies before created_at (2026-11-23 12:00)"),
    ("quotas", "scope,name,period,starts_on,sales\ncentre,,day,2026-11-23,\ncentre,,day,2026-11-24,5\n", 2,
     "it asks for nothing: give sales, revenue or conversion"),
    ("surveys", "answered_at,score,scale,reference\n2026-11-23T12:00,4,5,\n2026-11-23T12:00,4,5,R1\n", 2,
     "an answer needs a reference or a call to be known by"),
    ("surveys", "reference,answered_at,question,score,scale\nR1,2026-11-23,recommend,4,5\n"
     "R2,2026-11-23,recommend,4,10\n", 2,
     "the question recommend has a scale up to 10, not 5"),
    ("call-reasons", "call,reason,source\nc1,Bil,\nc1,Bill,\n", 2, "there is no reason 'Bil'; did you mean 'Bill'?"),
    ("sales", "reference,sold_at,amount,agent,campaign,call\nS1,2026-11-23,1,evva,Autum,nope\n"
     "S2,2026-11-23,1,eva,,\n", 2,
     "there is no campaign 'Autum'; did you mean 'Autumn'?; there is no call 'nope'; "
     "there is no agent 'evva'; did you mean 'eva'?"),
    ("sales", "reference,sold_at,amount\n,23.11.2026,1.250\nS2,2026-11-23,1\n", 2,
     "sold_at is '23.11.2026', and must be a time such as 2026-11-23T14:30 or a date; amount is '1.250': that may be "
     "thousands or decimals; write it as 1234.50; reference is missing"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "text", "line", "reason"), REFUSALS, ids=[row[3][:60] for row in REFUSALS])
def test_each_bad_row_has_its_sentence_and_the_rest_goes_in(
    site: Site, kind: str, text: str, line: int, reason: str
) -> None:
    report = site.take(kind, text)
    assert [(row.line, row.reason) for row in report.rejected] == [(line, reason)]
    assert report.added == 1


def test_a_quoted_cell_over_two_lines_keeps_the_line_numbers_right(site: Site) -> None:
    report = site.take("customers", 'reference,name\nK-5,"Ada\r\nLovelace"\n,nobody\n')
    assert [row.line for row in report.rejected] == [4]
    assert site.rows("SELECT name FROM customers WHERE reference = 'K-5'") == [("Ada Lovelace",)]


@pytest.mark.parametrize("sign", ["\0", "\x07", "\x1b", "\x7f", "\x85"])
def test_a_control_character_is_no_part_of_a_name(site: Site, sign: str) -> None:
    report = site.take("teams", f"name\nA{sign}b\nNight\n")
    assert counts(report) == (1, 0, 0, 1)
    told = f"name is {f'A{sign}b'!r}, which has the control character {sign!r}; take it out"
    assert report.rejected == [(2, told)]


def test_texts_of_one_line_have_no_control_characters_and_notes_may_have_more_lines() -> None:
    context = CellContext(ZONE)
    texts = {(kind.name, column.name): column for kind in KINDS.values() for column in kind.columns
             if column.type in {CellType.TEXT, CellType.NOTE}}  # fmt: skip
    notes = {place for place, column in texts.items() if column.type is CellType.NOTE}
    assert notes == {("surveys", "comment"), ("follow-ups", "note")}
    for place, column in texts.items():
        if place in notes:
            assert parser_of(column)("one\ntwo", context) == "one\ntwo"
        else:
            with pytest.raises(CellError, match=r"has the control character '.n'; take it out"):
                parser_of(column)("one\ntwo", context)
            assert parser_of(column)("Zo\u00eb \u00a0Ltd", context) == "Zo\u00eb \u00a0Ltd"


def test_a_sale_takes_from_its_call_what_the_file_does_not_say(site: Site) -> None:
    site.take("sales", "reference,sold_at,amount,call\nS1,2026-11-23T10:05,10.00,c1\n")
    assert site.rows("SELECT call_id, agent_id, customer_id FROM sales") == [(2, 1, 1)]
    site.take("sales", "reference,sold_at,amount,call,agent,source\nS2,2026-11-23T10:05,10.00,c2,PJSIP/1001,old\n")
    assert site.rows("SELECT call_id, agent_id FROM sales WHERE reference = 'S2'") == [(4, 1)]


def test_a_score_of_a_call_with_two_agents_is_nobodys(site: Site) -> None:
    """metrics.md 9.4: counted for the queue, left out of every agent's score."""
    header = "call,source,answered_at,score,scale\n"
    site.take("surveys", header + "c1,,2026-11-23T12:00,4,5\nc2,pbx,2026-11-23T12:00,2,5\n")
    assert site.rows("SELECT call_id, agent_id, score FROM surveys ORDER BY call_id") == [(2, None, 4), (3, 1, 2)]
    assert counts(site.take("surveys", header + "c1,,2026-11-23T12:30,5,5\n")) == (0, 1, 0, 0), "the last given is kept"


def test_days_alone(site: Site) -> None:
    """A sale of a day lies at its start; what is promised for a day is promised by its end."""
    site.take("sales", "reference,sold_at,amount,cancelled_at\nS1,2026-11-23,1,2026-11-23\n")
    day, following = at("2026-11-23T00:00"), at("2026-11-24T00:00")
    assert site.rows("SELECT sold_at, cancelled_at FROM sales") == [(day, day)]
    site.take("follow-ups", "reference,due_at,created_at\nF1,2026-11-23,2026-11-20\n")
    assert site.rows("SELECT due_at, promised_at, kind FROM follow_ups") == [
        (following - 1, following - 1, "call back")
    ]


@pytest.mark.parametrize("is_mapped", [False, True])
@pytest.mark.parametrize(
    ("day_starts", "sold", "cancelled", "moment"),
    [
        (0, "2026-11-23T14:30", "2026-11-23", "2026-11-23T14:30"),
        (0, "2026-11-23T00:00", "2026-11-23", "2026-11-23T00:00"),
        (0, "2026-11-23T23:59:59", "2026-11-24", "2026-11-24T00:00"),
        (0, "2026-11-23T14:30", "2026-11-23T15:00", "2026-11-23T15:00"),
        (0, "2026-11-24T00:00", "2026-11-23", None),
        (0, "2026-11-22T23:59", "2026-11-23", "2026-11-23T00:00"),
        (14_400_000, "2026-11-24T03:59", "2026-11-23", "2026-11-24T03:59"),  # of the business day
        (14_400_000, "2026-11-24T03:59", "2026-11-24", "2026-11-24T03:59"),  # of the calendar's
        (14_400_000, "2026-11-24T04:00", "2026-11-23", None),
        (14_400_000, "2026-11-23", "2026-11-23", "2026-11-23T04:00"),
    ],
)
def test_an_order_cancelled_on_a_day_alone_is_so_with_its_sale_or_from_midnight(
    tmp_path: Path, *, is_mapped: bool, day_starts: int, sold: str, cancelled: str, moment: str | None
) -> None:
    """It counted as sold until the end of the day, which may be to come."""
    mapping = {"kind": "sales", "columns": {name: name for name in ("cancelled_at", "reference", "sold_at", "amount")}}
    path = new_database(tmp_path / "calls.db", time_zone="Europe/Amsterdam", currency="EUR", day_starts_ms=day_starts)
    file = tmp_path / "orders.csv"
    file.write_text(f"cancelled_at,reference,sold_at,amount\n{cancelled},S1,{sold},1\n")
    results = [
        counts(
            import_table(
                path,
                "sales",
                file,
                now=at("2026-11-24T05:00") + later,
                mapping=parse(mapping, "M.toml") if is_mapped else None,
            )
        )
        for later in (0, 86_400_000)
    ]
    written = rows(path, "SELECT cancelled_at FROM sales")
    if moment is None:
        assert (results, written) == ([(0, 0, 0, 1), (0, 0, 0, 1)], [])
    else:
        assert (results, written) == ([(1, 0, 0, 0), (0, 0, 1, 0)], [(at(moment),)])


def test_a_later_due_moment_keeps_the_first_promise(site: Site) -> None:
    site.take("follow-ups", "reference,due_at,created_at\nF1,2026-11-23T10:00,2026-11-20\n")
    site.take("follow-ups", "reference,due_at\nF1,2026-11-24T10:00\n")
    assert site.rows("SELECT due_at, promised_at, created_at FROM follow_ups") == [
        (at("2026-11-24T10:00"), at("2026-11-23T10:00"), at("2026-11-20T00:00"))
    ]
    assert counts(site.take("follow-ups", "reference,due_at,promised_at\nF1,2026-11-24T10:00,\n")) == (0, 0, 1, 0)


def test_a_site_without_a_currency_takes_that_of_its_first_sale(tmp_path: Path) -> None:
    path = new_database(tmp_path / "calls.db", time_zone="Asia/Tokyo")
    file = tmp_path / "sales.csv"
    file.write_text(
        "reference,sold_at,amount,currency\nS1,2026-11-23,1200,JPY\nS2,2026-11-23,5,EUR\n", encoding="utf-8"
    )
    report = import_table(path, "sales", file)
    assert report.notes == ["The first sale sets the currency of the site: JPY."]
    assert [row.line for row in report.rejected] == [3]
    connection = sqlite3.connect(path)
    assert connection.execute("SELECT amount_cents, currency FROM sales").fetchall() == [(1200, "JPY")]
    connection.close()


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("reference,when,amount\nS1,2026-11-23,1\n", "lacks the column 'sold_at'"),
        ("amount\n1\n", "lacks the columns 'reference' and 'sold_at'"),
        ("", "is empty"),
        ("reference,sold_at,amount,amount\nS1,2026-11-23,1,2\n", "twice"),
    ],
)
def test_a_file_that_cannot_be_what_it_should_be(site: Site, text: str, sentence: str) -> None:
    with pytest.raises(CcmonError, match=sentence):
        site.take("sales", text)


def test_a_column_nobody_knows_is_named_and_left(site: Site) -> None:
    report = site.take("customers", "reference,shoe size\nK-5,44\n")
    assert report.notes == ["The column 'shoe size' is not used."]
    assert report.added == 1


def test_no_such_file(site: Site) -> None:
    with pytest.raises(CcmonError, match="There is no file"):
        import_table(site.path, "sales", site.directory / "nothing.csv")
    with pytest.raises(CcmonError, match="is a directory"):
        import_table(site.path, "sales", site.directory)
    with pytest.raises(CcmonError, match="no encoding"):
        site.take("sales", "reference,sold_at,amount\n", encoding="klingon")


def test_many_rows_in_several_transactions(site: Site) -> None:
    text = "reference,name\n" + "".join(f"C{number},Name {number}\n" for number in range(5000)) + "C7,again\n"
    report = site.take("customers", text)
    assert counts(report) == (5000, 0, 0, 1)
    assert report.rejected[0].line == 5002
    assert site.rows("SELECT count(*) FROM customers WHERE reference LIKE 'C%'") == [(5000,)]


SINCE_1970 = [
    ("1795440600", 'is \'1795440600\', and must be a time such as 2026-11-23T14:30 or a date; if it is seconds since '
     '1970, say format = "epoch" in a mapping'),
    ("1795440600.5", '; if it is seconds since 1970, say format = "epoch" in a mapping'),
    ("1795440600500", '; if it is milliseconds since 1970, say format = "epoch_ms" in a mapping'),
    # Without a look at the number, this is a time of day in 1712.
    ("1712120112345", '; if it is milliseconds since 1970, say format = "epoch_ms" in a mapping'),
    ("17954406", "and must be a time such as 2026-11-23T14:30 or a date"),
    ("0612345678", "and must be a time such as 2026-11-23T14:30 or a date"),
    ("179544060012", "and must be a time such as 2026-11-23T14:30 or a date"),
]  # fmt: skip


@pytest.mark.parametrize(("cell", "end"), SINCE_1970)
def test_a_number_that_may_count_from_1970_is_refused_with_its_format(site: Site, cell: str, end: str) -> None:
    (refused,) = site.take("sales", f"reference,sold_at,amount\nS1,{cell},5\n").rejected
    assert refused.reason.endswith(end)


def test_a_format_that_does_not_fit_such_a_number_names_the_one_that_does(site: Site) -> None:
    rules = {"kind": "sales", "file": {"date": "%d-%m-%Y"},
             "columns": {"reference": "n", "sold_at": "d", "amount": "a"}}  # fmt: skip
    file = site.path.with_name("orders.csv")
    file.write_text("n,d,a\nS1,1795440600,5\n", encoding="utf-8")
    (refused,) = import_table(site.path, "sales", file, mapping=parse(rules, "M.toml")).rejected
    assert refused.reason == (
        "sold_at (d) is '1795440600', and must be written as %d-%m-%Y; if it is seconds since 1970, say format = "
        '"epoch" in a mapping'
    )
