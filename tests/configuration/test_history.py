"""Whoever changes the configuration by ccmon leaves who, when, what and from which day on: nothing is missing."""

from __future__ import annotations

import json
import os
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccmon import accounts
from ccmon.configuration import actions, applying, history, toml_files
from ccmon.configuration.actions import Conditions
from ccmon.configuration.history import HistoryEntry
from ccmon.configuration.names import parse
from ccmon.configuration.setting import RequestedChange
from ccmon.configuration.site_columns import SECTIONS
from ccmon.configuration.table_import import import_table
from ccmon.database import backup, creation, database_file
from ccmon.database.restore import restore
from ccmon.database.table_specs import KINDS
from ccmon.formatting import UNKNOWN
from tests.commands import ccmon, done, one_line
from tests.configuration.replay import in_force, replayed, without_days_that_are_none
from tests.configuration.site import NOON, call
from tests.configuration.test_set_and_show import changes
from tests.databases import open_copy, rows

quotas = st.tuples(
    st.sampled_from(["centre.day", "team.Care.day", "team.Night.day", "agent.anna.week"]),
    st.sampled_from(["sales", "revenue", "conversion"]),
    st.sampled_from(["", "2026-11-10.", "2026-11-23.", "2026-12-05."]),
    st.sampled_from([None, "0.5", "1", "0"]),
).map(
    lambda parts: RequestedChange(
        parse(f"quotas.{parts[0]}.{parts[2]}{parts[1]}"), "1" if parts[3] == "0.5" and parts[1] == "sales" else parts[3]
    )
)
new_rows = st.sampled_from(
    [
        RequestedChange(("teams", "Night", "client"), "Aurora"),
        RequestedChange(("teams", "Night", "pause_limit"), "30 min"),
        RequestedChange(("agents", "new", "team"), "Late"),
        RequestedChange(("clients", "Later"), None, "site.toml:1: ", is_row=True),
        RequestedChange(("teams", "Night"), None, "site.toml:2: "),
        RequestedChange(("agents", "new"), None, "site.toml:3: "),
        RequestedChange(("queues", "quiet"), None),
        RequestedChange(("alarms", "talk"), "10 min"),
        RequestedChange(("alarms", "talk"), None),
        RequestedChange(("holidays", "2026-12-26"), "Boxing Day"),
        RequestedChange(("holidays", "2026-12-26"), None),
        RequestedChange(("opening_hours", "weekdays"), "08:00-20:00"),
        RequestedChange(("opening_hours", "weekend"), None),
    ]
)


@given(
    acts=st.lists(st.lists(st.one_of(changes(), quotas, new_rows), min_size=1, max_size=4), min_size=1, max_size=4),
    from_day=st.sampled_from([None, "today", "tomorrow"]),
)
def test_the_log_leads_from_the_first_state_to_the_one_in_force(
    template: Path, acts: list[list[RequestedChange]], from_day: str | None
) -> None:
    with open_copy(template) as (path, connection):
        first = in_force(connection)
        for wanted in acts:
            done = actions.change_database(path, wanted, Conditions(from_day, add_new=True))
            before = len(history.entries(connection))
            if done.errors:
                continue
            again = actions.change_database(path, wanted, Conditions(from_day, add_new=True))
            if not again.has_written:
                assert len(history.entries(connection)) == before
        log = history.entries(connection)
        leads_to = replayed(first, log)
        assert without_days_that_are_none(leads_to) == without_days_that_are_none(in_force(connection))


def log_of(path: Path) -> list[HistoryEntry]:
    with closing(database_file.open_reader(path)) as connection:
        return history.entries(connection)


def shown(path: Path) -> list[tuple[str, str]]:
    return [(entry.act, str(entry.change).replace(UNKNOWN, "-")) for entry in log_of(path)]


def test_a_value_is_noted_with_who_when_what_and_from_which_day(site: Path) -> None:
    done("config", "set", "queues.Sales.service_level_target", "0.85", "--db", site)
    done("config", "set", "queues.Sales.service_level_threshold", "30 s", "--from", "today", "--db", site)
    done("config", "set", "queues.quiet.short_abandon", "2 s", "--db", site)
    done("config", "set", "quotas.centre.day.sales", "40", "--from", "tomorrow", "--db", site)
    done("config", "unset", "agents.anna.team", "--db", site)
    assert [(entry.changed_at, entry.who) for entry in log_of(site)] == [(NOON, accounts.acting_person())] * 6
    assert shown(site) == [
        ("config set", "queues.Sales.service_level_target: 80 % → 85 % from 2026-11-24 on"),
        ("config set", "queues.Sales.service_level_threshold: 20 s → 30 s from 2026-11-23 on"),
        ("config set", "queues.quiet.short_abandon: 5 s → 2 s from 2026-11-23 on"),
        ("config set", "quotas.centre.day: new from 2026-11-24 on"),
        ("config set", "quotas.centre.day.sales: - → 40 from 2026-11-24 on"),
        ("config unset", "agents.anna.team: Care → -"),
    ]


def test_what_changes_nothing_or_is_refused_is_not_noted(site: Path) -> None:
    done("config", "set", "queues.Sales.purpose", "sales", "--db", site)
    one_line(ccmon("config", "set", "queues.Sales.purpose", "salse", "--db", site), 2)
    assert log_of(site) == []


def test_an_ended_quota_and_a_day_that_is_taken_away(site: Path) -> None:
    done("config", "unset", "quotas.team.Care.day.sales", "--from", "2026-12-01", "--db", site)
    done("config", "unset", "holidays.2026-12-25", "--db", site)
    done("config", "set", "opening_hours.saturday", "10:00-12:00", "--db", site)
    assert [text for _, text in shown(site)] == [
        "quotas.team.Care.day: new from 2026-12-01 on",
        "quotas.team.Care.day.sales: 30 → - from 2026-12-01 on",
        "holidays.2026-12-25.name: Christmas Day → -",
        "holidays.2026-12-25.hours: closed → -",
        "opening_hours.saturday: - → 10:00-12:00",
    ]


def test_a_file_that_is_applied(site: Path) -> None:
    text = "[teams.Night]\n[queues.Sales]\npurpose = 'service'\n[alarms]\ntalk = '10 min'\n"
    plan = applying.Plan(toml_files.read(Path("site.toml"), text), Conditions(add_new=True, act="config apply"), site)
    assert log_of(site) == []
    plan.carry_out()
    assert shown(site) == [
        ("config apply", "alarms.talk: 20 min → 10 min"),
        ("config apply", "teams.Night: new"),
        ("config apply", "queues.Sales.purpose: sales → service"),
    ]


def test_an_export_holds_nothing_of_the_log(site: Path) -> None:
    before = actions.export(site)
    done("config", "set", "queues.Sales.purpose", "service", "--db", site)
    assert actions.export(site) == before.replace(
        '[queues.Sales]\npurpose = "sales"', '[queues.Sales]\npurpose = "service"'
    )


@pytest.mark.parametrize("kind", [section for section in SECTIONS if section.replace("_", "-") in KINDS])
def test_each_table_of_the_configuration_that_is_imported(site: Path, tmp_path: Path, kind: str) -> None:
    tables = {
        "opening_hours": "weekday,hours\ntuesday,09:00-12:00\n",
        "holidays": "day,name\n2027-01-01,New Year\n",
        "clients": "name\nNew\n",
        "teams": "name,client\nNew,Aurora\nCare,Castellane\n",
        "queues": "name,purpose\nNew,sales\nquiet,retention\n",
        "campaigns": "name,purpose\nNew,sales\n",
        "agents": "login,team,hourly_cost\n1002,Care,30\n1003,Care,\n",
        "pause_reasons": "reason,limit\nlunch,30 min\nnew,\n",
        "contact_reasons": "name\nNew\n",
        "quotas": "scope,period,starts_on,sales\ncentre,month,2026-11-15,5\ncentre,month,2026-11-20,6\n",
    }
    file = tmp_path / f"{kind}.csv"
    file.write_text(tables[kind])
    name = kind.replace("_", "-")
    with closing(database_file.open_reader(site)) as connection:
        first = in_force(connection)
        import_table(site, name, file, dry_run=True)
        assert log_of(site) == []
        done("import", "table", name, file, "--db", site)
        log = history.entries(connection)
        assert {entry.act for entry in log} == {f"import table {name}"}
        now = without_days_that_are_none(in_force(connection))
        assert without_days_that_are_none(replayed(first, log)) == now != without_days_that_are_none(first)


def test_the_currency_that_the_first_sale_decides(tmp_path: Path) -> None:
    path = tmp_path / "calls.db"
    done("init", "--db", path, "--time-zone", "Europe/Amsterdam", "--name", "Head office")
    file = tmp_path / "sales.csv"
    file.write_text("reference,sold_at,amount,currency\nA1,2026-11-02T10:00,20,GBP\n")
    done("import", "table", "sales", file, "--db", path)
    assert shown(path) == [
        ("init", "site.name: - → Head office"),
        ("init", "site.time_zone: - → Europe/Amsterdam"),
        ("import table sales", "site.currency: - → GBP"),
    ]


def test_the_newest_changes_alone(site: Path) -> None:
    for number in (5, 6, 7):
        done("config", "set", "alarms.talk", f"{number} min", "--db", site)
    said = done("config", "log", "--db", site).splitlines()
    assert len(said) > 2
    assert done("config", "log", "--limit", "2", "--db", site).splitlines() == said[-2:]
    assert said[-1].endswith("alarms.talk: 6 min → 7 min")
    as_json = json.loads(done("config", "log", "--limit", "1", "--json", "--db", site))["changes"]
    assert [each["after"] for each in as_json] == ["7 min"]


def test_a_restored_copy_says_so_and_keeps_what_was_noted_since(site: Path, tmp_path: Path) -> None:
    done("config", "set", "queues.Sales.purpose", "service", "--db", site)
    copy = backup.back_up(site, tmp_path / "copies").path
    done("config", "set", "queues.Sales.purpose", "retention", "--db", site)
    done("config", "set", "teams.Night.client", "Aurora", "--new", "--db", site)
    with closing(database_file.open_reader(site)) as connection:
        newest = in_force(connection)
    done("restore", copy, "--yes", "--db", site)
    assert shown(site) == [
        ("config set", "queues.Sales.purpose: sales → service"),
        ("config set", "queues.Sales.purpose: service → retention"),
        ("config set", "teams.Night: new"),
        ("config set", "teams.Night.client: - → Aurora"),
        ("restore", f"{copy.name} put in the place of the database"),
        ("restore", "teams.Night.client: Aurora → -"),
        ("restore", "teams.Night: removed"),
        ("restore", "queues.Sales.purpose: retention → service"),
    ]
    with closing(database_file.open_reader(site)) as connection:
        assert replayed(newest, log_of(site)[5:]) == in_force(connection)


def test_a_copy_restored_where_there_is_no_database_or_another_or_a_damaged_one(site: Path, tmp_path: Path) -> None:
    done("config", "set", "queues.Sales.purpose", "service", "--db", site)
    copy = backup.back_up(site, tmp_path / "copies").path
    restored = ("restore", f"{copy.name} put in the place of the database")
    nowhere, other, damaged = (tmp_path / name for name in ("nowhere.db", "other.db", "damaged.db"))
    done("init", "--db", other, "--time-zone", "Asia/Tokyo")
    damaged.write_bytes(site.read_bytes()[:5000])
    for path in (nowhere, other, damaged):
        restore(copy, path, partial(history.record_restored, copy))
        assert shown(path)[:2] == [("config set", "queues.Sales.purpose: sales → service"), restored]
    assert len(log_of(nowhere)) == len(log_of(damaged)) == 2
    assert ("restore", "site.time_zone: Asia/Tokyo → Europe/Amsterdam") in shown(other)


def test_what_a_switch_adds_is_not_noted(site: Path) -> None:
    with closing(database_file.open_writer(site)) as connection:
        connection.execute("INSERT INTO queues (name) VALUES ('seen')")
        connection.execute(call("x", 4, NOON - 5_000_000, 3))
    done("config", "set", "queues.seen.purpose", "sales", "--db", site)
    assert shown(site) == [("config set", "queues.seen.purpose: - → sales")]


def test_the_log_is_shown_narrowed_and_as_json(site: Path) -> None:
    done("config", "set", "queues.Sales NL.purpose", "sales", "--db", site)
    done("config", "set", "alarms.talk", "10 min", "--db", site)
    who = accounts.acting_person()
    first = f'2026-11-23 12:00  {who}  config set  queues."Sales NL".purpose: {UNKNOWN} → sales\n'
    second = f"2026-11-23 12:00  {who}  config set  alarms.talk: 20 min → 10 min\n"
    assert done("config", "log", "--db", site) == first + second
    assert done("config", "log", "Queues.Sales NL", "--since", "today", "--db", site) == first
    assert done("config", "log", "--since", "2026-11-24", "--db", site) == "No change is noted.\n"
    done("config", "set", "quotas.centre.day.sales", "40", "--db", site)
    new = f"quotas.centre.day.sales: {UNKNOWN} → 40 from 2026-11-23 on"
    assert done("config", "log", "quotas", "--db", site) == f"2026-11-23 12:00  {who}  config set  {new}\n"
    [entry] = json.loads(done("config", "log", "alarms", "--json", "--since", "yesterday", "--db", site))["changes"]
    assert entry == {
        "at": "2026-11-23T12:00:00+01:00", "who": who, "act": "config set", "kind": "value", "name": "alarms.talk",
        "before": "20 min", "after": "10 min", "from": None,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("theme",), "theme lies in a settings file, and changes of files are not noted."),
        (("queus",), "there is no setting queus; did you mean queues?"),
        (("--since", "soon"), "--since is 'soon', and must be today, yesterday or a date such as 2026-11-23."),
    ],
)
def test_a_wrong_name_or_day_of_the_log(site: Path, words: tuple[str, ...], sentence: str) -> None:
    assert one_line(ccmon("config", "log", *words, "--db", site), 2) == f"ccmon: {sentence}"


def test_under_sudo_the_account_that_called_it_is_noted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setenv("SUDO_USER", "maria")
    assert accounts.acting_person() == "maria (root)"
    monkeypatch.setenv("SUDO_USER", "root")
    assert accounts.acting_person() == "root"
    monkeypatch.delenv("SUDO_USER")
    monkeypatch.setattr(os, "geteuid", lambda: 4_000_000)
    assert accounts.acting_person() == "4000000"


def test_a_database_that_cannot_be_made_leaves_nothing(tmp_path: Path) -> None:
    def fails(connection: object) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        creation.create(tmp_path / "calls.db", time_zone="UTC", record=fails)
    assert list(tmp_path.iterdir()) == []


def test_an_act_and_its_note_are_one_transaction(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = rows(site, "SELECT name, purpose FROM queues")
    monkeypatch.setattr(accounts, "acting_person", lambda: None)  # cannot be written
    with pytest.raises(Exception, match="NOT NULL"):
        actions.change_database(site, [RequestedChange(("queues", "Sales", "purpose"), "service")], Conditions())
    assert rows(site, "SELECT name, purpose FROM queues") == before
