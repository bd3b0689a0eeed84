"""Names that rows have and nobody else: told by kind, and added where a person says so."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ccmon.configuration.table_import import import_table
from ccmon.database import reference_names
from ccmon.sources.table.import_report import ImportReport
from tests.databases import new_database, open_copy, rows
from tests.floors import moment

NOW = moment("2026-11-24T18:00:00+01:00")
HEAD = "reference,sold_at,amount,agent,campaign,customer\n"
ORDERS = (
    "O1,2026-11-03,5,eva,Autumn,K-1\n"
    "O2,2026-11-03,6,omar,Autumn,K-2\n"
    "O3,2026-11-04,7,omar,Spring,K-2\n"
    "O4,2026-11-04,8,,,K-3\n"
)


class Site:
    """A database with one agent."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def take(self, text: str = ORDERS, kind: str = "sales", head: str = HEAD, **options: Any) -> ImportReport:
        file = self.path.with_name(f"{kind}.csv")
        file.write_text(head + text, encoding="utf-8")
        return import_table(self.path, kind, file, now=NOW, **options)

    def names(self, table: str, column: str = "name") -> list[Any]:
        return [name for (name,) in rows(self.path, f"SELECT {column} FROM {table} ORDER BY id")]


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return new_database(tmp_path_factory.mktemp("names") / "calls.db", time_zone="Europe/Amsterdam", currency="EUR")


@pytest.fixture
def site(filled: Path) -> Iterator[Site]:
    with open_copy(filled) as (path, connection):
        connection.execute("INSERT INTO agents (login, name) VALUES ('eva', 'Eva')")
        yield Site(path)


def test_what_nobody_is_is_counted_by_kind(site: Site) -> None:
    report = site.take()
    assert (report.added, report.rejected_count) == (0, 4)
    assert report.unknown == {"campaigns": 2, "agents": 1, "customers": 3}
    assert report.added_names == {}
    assert site.names("agents", "login") == ["eva"]


def test_names_are_added_where_a_person_says_so(site: Site) -> None:
    report = site.take(adds=("campaigns", "agents", "customers"), dry_run=True)
    assert (report.added, report.added_names) == (4, {"campaigns": 2, "agents": 1, "customers": 3})
    assert site.names("customers", "reference") == []
    report = site.take(adds=("campaigns", "agents", "customers"))
    assert (report.added, report.rejected_count, report.unknown) == (4, 0, {})
    assert report.added_names == {"campaigns": 2, "agents": 1, "customers": 3}
    assert site.names("agents", "login") == ["eva", "omar"]
    assert site.names("customers", "reference") == ["K-1", "K-2", "K-3"]
    assert rows(site.path, """
        SELECT s.reference, login, campaigns.name, customers.reference FROM sales AS s
        LEFT JOIN agents ON agents.id = agent_id LEFT JOIN campaigns ON campaigns.id = campaign_id
        LEFT JOIN customers ON customers.id = customer_id ORDER BY s.reference
    """) == [("O1", "eva", "Autumn", "K-1"), ("O2", "omar", "Autumn", "K-2"), ("O3", "omar", "Spring", "K-2"),
             ("O4", None, None, "K-3")]  # fmt: skip
    assert [name for (name,) in rows(site.path, "SELECT name FROM configuration_changes WHERE kind = 'added'")] != []
    again = site.take(adds=("campaigns", "agents", "customers"))
    assert (again.same, again.added_names) == (4, {})


def test_only_what_is_named_is_added(site: Site) -> None:
    report = site.take(adds=("customers", "agents"))
    assert (report.added, report.rejected_count) == (1, 3)
    assert report.unknown == {"campaigns": 2}
    assert site.names("customers", "reference") == ["K-3"], "those of refused rows are not added"
    assert site.names("agents", "login") == ["eva"]


def test_what_a_refused_row_names_is_not_added(site: Site) -> None:
    report = site.take("O1,2026-11-03,-5,omar,,\nO2,2026-11-03,5,omar,,K-1\n", adds=("agents", "customers"))
    assert (report.added, report.rejected_count) == (1, 1)
    assert report.added_names == {"agents": 1, "customers": 1}
    head = HEAD.replace("\n", ",currency\n")
    report = site.take("O3,2026-11-03,5,nora,,,USD\nO4,2026-11-03,5,nora,,,EUR\n", head=head, adds=("agents",))
    assert (report.added, report.rejected_count, report.added_names) == (1, 1, {"agents": 1})
    assert rows(site.path, "SELECT count(*) FROM sales JOIN agents ON agents.id = agent_id WHERE login = 'nora'") == [
        (1,)
    ]


def test_a_name_that_differs_in_case_alone_is_no_new_one(site: Site) -> None:
    report = site.take("O1,2026-11-03,5,EVA,,\n", adds=("agents",))
    assert [row.reason for row in report.rejected] == ["there is no agent 'EVA'; did you mean 'eva'?"]


def test_more_names_than_are_kept_in_memory(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reference_names, "CACHED_NAMES", 3)
    text = "".join(f"O{number},2026-11-03,5,,,K-{number % 7}\n" for number in range(30))
    assert site.take(text).unknown == {"customers": 3}
    assert site.take(text, adds=("customers",)).added_names == {"customers": 7}
    assert len(site.names("customers", "reference")) == 7


def test_other_kinds_name_queues_teams_and_reasons(site: Site) -> None:
    head = "login,team\n"
    assert site.take("omar,North\n", "agents", head, adds=("teams",)).added_names == {"teams": 1}
    head = "scope,name,period,starts_on,sales\n"
    report = site.take("campaign,Autumn,day,2026-11-01,5\n", "quotas", head, adds=("campaigns",))
    assert report.added_names == {"campaigns": 1}
    head = "queue,agent,started_at\n"
    assert site.take("sales,eva,2026-11-01\n", "queue-members", head, adds=("queues",)).added_names == {"queues": 1}
    assert site.names("queues") == ["sales"]
