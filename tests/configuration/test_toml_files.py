"""Files of the whole configuration: what is exported is applied again, here and elsewhere, and faults are found."""

from __future__ import annotations

import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccmon.configuration import actions, applying, toml_files
from ccmon.configuration.actions import Conditions
from ccmon.configuration.database_values import DatabaseValues
from ccmon.database import database_file, totals
from ccmon.errors import CcmonError, UsageError
from tests.commands import ccmon, done, one_line
from tests.databases import new_database, open_copy, rows


def applied(path: Path, text: str, *, add_new: bool = False) -> list[str]:
    """Apply a text to a database; return what it changes."""
    plan = applying.Plan(toml_files.read(Path("site.toml"), text), Conditions(add_new=add_new), path)
    assert plan.errors == []
    if plan.differs:
        plan.carry_out()
    return plan.lines()


def test_an_export_holds_what_is_set(site: Path) -> None:
    lines = actions.export(site).splitlines()
    assert 'currency = "EUR"' in lines
    assert lines[lines.index('[queues."Sales NL"]') + 1] == 'service_level_threshold = "20 s"'
    assert "[clients.Aurora]" in lines
    assert lines[lines.index("[agents.anna]") + 1 :][:4] == [
        'name = "Anna de Vries"', 'team = "Care"', "hourly_cost = 32.50", "active = true",
    ]  # fmt: skip
    assert lines[lines.index("[quotas.team.Care.day.2026-11-01]") + 1 :][:2] == ["sales = 30", "conversion = 0.25"]


def test_an_export_names_the_database_that_it_is_of(
    site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "settings.toml"
    file.write_text(f'database = "{tmp_path}/other.db"\ntheme = "dark"\n')
    monkeypatch.setenv("CCMON_SETTINGS", str(file))
    lines = actions.export(site).splitlines()
    assert f'database = "{site}"' in lines
    assert 'theme = "dark"' in lines
    file.write_text('theme = "dark"\n')
    assert not any(line.startswith("database") for line in actions.export(site).splitlines())


def test_an_export_goes_into_a_file_or_to_the_standard_output(site: Path, tmp_path: Path) -> None:
    file = tmp_path / "site.toml"
    assert done("config", "export", file, "--db", site) == f"Wrote {file}.\n"
    assert done("config", "export", "-", "--db", site) == file.read_text()
    assert done("config", "export", file, "--db", site) == f"Wrote {file}.\n"
    for other in (b"# mine\n", b"\xff\xfe\0"):
        file.write_bytes(other)
        line = one_line(ccmon("config", "export", file, "--db", site), 2)
        assert line == f"ccmon: {file} is there already and differs; --replace replaces it."
    done("config", "export", file, "--replace", "--db", site)
    assert file.read_text() != "# mine\n"
    nowhere = tmp_path / "nowhere"
    assert "x.toml cannot be written" in one_line(ccmon("config", "export", nowhere / "x.toml", "--db", site))
    assert not nowhere.exists()


names = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=12)
maybe_length = st.one_of(st.none(), st.integers(0, 10**8))
lengths = st.integers(0, 10**8)
shares = st.floats(0, 1)
flags = st.sampled_from([0, 1])
purposes = st.sampled_from([None, "sales", "service", "retention"])
quotas = st.tuples(
    st.sampled_from(["day", "week", "month"]),
    st.sampled_from(["2026-01-01", "2026-11-23", "2027-02-01"]),
    st.one_of(st.none(), st.integers(0, 10**6)),
    st.one_of(st.none(), st.integers(0, 10**9)),
    st.one_of(st.none(), shares),
)


@st.composite
def statements(draw: st.DrawFn) -> list[tuple[str, tuple[object, ...]]]:
    """Rows of a site as other programs may write them."""
    found: list[tuple[str, tuple[object, ...]]] = []
    name = names.filter(lambda text: text.casefold() not in {"sales", "sales nl", "quiet"})
    for each in draw(st.lists(name, max_size=3, unique_by=str.casefold)):
        row = each, draw(purposes), draw(lengths), draw(shares), draw(lengths), draw(maybe_length)
        found.append(
            (
                "INSERT INTO queues (name, purpose, service_level_threshold_ms, service_level_target, short_abandon_ms,"
                " handling_target_ms) VALUES (?, ?, ?, ?, ?, ?)",
                row,
            )
        )
    for each in draw(
        st.lists(names.filter(lambda text: text not in {"anna", "1002", "PJSIP/1001"}), max_size=3, unique=True)
    ):
        cost = draw(st.one_of(st.none(), st.integers(0, 10**6)))
        found.append(
            (
                "INSERT INTO agents (login, name, hourly_cost_cents, active) VALUES (?, ?, ?, ?)",
                (each, draw(st.one_of(st.none(), names)), cost, draw(flags)),
            )
        )
    insert_quota = (
        "INSERT OR IGNORE INTO quotas (scope, scope_id, period, starts_on, sales, revenue_cents, conversion)"
        " VALUES ('agent', 1, ?, ?, ?, ?, ?)"
    )
    drawn = draw(st.lists(quotas, max_size=4, unique_by=lambda quota: quota[:2]))
    found += [(insert_quota, quota) for quota in drawn]
    found.append(
        (
            "UPDATE site SET name = ?, margin = ?, incrementality = ?, follow_up_grace_ms = ?",
            (draw(st.one_of(st.none(), names)), draw(st.one_of(st.none(), shares)), draw(shares), draw(lengths)),
        )
    )
    return found


@given(rows_written=statements())
def test_an_export_applied_changes_nothing_here_and_makes_the_same_elsewhere(
    rows_written: list[tuple[str, tuple[object, ...]]], template: Path
) -> None:
    with open_copy(template) as (path, connection):
        for statement, parameters in rows_written:
            connection.execute(statement, parameters)
        text = toml_files.export(DatabaseValues(connection), path)
        assert applied(path, text) == []
        before = connection.total_changes
        assert applied(path, text, add_new=True) == []
        assert connection.total_changes == before
    with tempfile.TemporaryDirectory() as folder:
        other = new_database(Path(folder) / "other.db", time_zone="Europe/Amsterdam")
        applied(other, text, add_new=True)
        assert actions.export(other) == text
        assert applied(other, text) == []


def test_what_differs_is_shown_line_by_line_and_the_rest_stays(site: Path, tmp_path: Path) -> None:
    file = tmp_path / "site.toml"
    file.write_text(
        """theme = "dark"
[site]
margin = "40 %"
[queues.Sales]
service_level_target = 0.85
short_abandon = 00:00:10
purpose = "sales"
[agents]
anna = { team = "", active = false }
"1002".name = "Bo"
[quotas.centre.month.2026-12-01]
sales = 1100
[quotas.team.Care.day]
sales = 31
"""
    )
    settings = tmp_path / "settings.toml"
    settings.write_text("# mine\nmouse = true\n")
    run = ccmon("config", "apply", file, "--yes", "--db", site, CCMON_SETTINGS=str(settings))
    assert (run.returncode, run.stderr) == (0, "")
    assert run.stdout.splitlines() == [
        f"theme: \N{EN DASH} → dark in {settings}",
        "site.margin: \N{EN DASH} → 40 %",
        "queues.Sales.service_level_target: 80 % → 85 %",
        "queues.Sales.short_abandon: 5 s → 10 s",
        "agents.anna.team: Care → \N{EN DASH}",
        "agents.anna.active: yes → no",
        "agents.1002.name: \N{EN DASH} → Bo",
        "quotas.centre.month.sales: 1000 → 1100 from 2026-12-01 on",
        "quotas.team.Care.day.sales: 30 → 31 from 2026-11-23 on",
        "queues.Sales.service_level_target counts from tomorrow on; today has had calls, and keeps 80 %: add --from "
        "today to count today anew, or --from and an earlier day for days before it.",
        "queues.Sales.short_abandon counts from tomorrow on; today has had calls, and keeps 5 s: add --from today to "
        "count today anew, or --from and an earlier day for days before it.",
        "Done.",
    ]
    assert settings.read_text() == '# mine\nmouse = true\ntheme = "dark"\n'
    assert rows(site, "SELECT name, hourly_cost_cents FROM agents WHERE id = 1") == [("Anna de Vries", 3250)]
    again = done("config", "apply", file, "--yes", "--db", site, CCMON_SETTINGS=str(settings))
    assert "Nothing differs." in again
    done("config", "apply", file, "--yes", "--from", "today", "--db", site, CCMON_SETTINGS=str(settings))
    with closing(database_file.open_reader(site)) as connection:
        assert totals.check(connection) == []
    today = "SELECT service_level_target, short_abandon_ms FROM queue_days ORDER BY day_at DESC LIMIT 1"
    assert rows(site, today) == [(0.85, 10_000)]


def test_all_that_is_wrong_is_told_with_its_line_and_nothing_is_written(site: Path, tmp_path: Path) -> None:
    file = tmp_path / "site.toml"
    file.write_text(
        """theme = "drak"
mouse = true
[site]
margin = 7
[queues.Sales]
purpose = "service"
porpose = "sales"
[queues.Salse]
purpose = "sales"
[agents.anna]
team = "Cave"
[campaigns.Winter]
ends_on = 2026-10-01
[clients.Aurra]
[quotas.team.Care.day]
[quees]
"""
    )
    before = site.read_bytes()
    run = ccmon("config", "apply", file, "--yes", "--db", site)
    assert (run.returncode, run.stdout) == (2, "")
    assert [line.removeprefix(f"ccmon: {file}") for line in run.stderr.splitlines()] == [
        ":1: theme cannot be 'drak'; it must be terminal, dark or light; did you mean dark?",
        ":4: site.margin is '7', and must be a share: 0.07 or 7 %.",
        ":7: there is no setting queues.Sales.porpose; did you mean queues.Sales.purpose?",
        ":9: there is no queue 'Salse'; did you mean Sales? --new adds 'Salse'.",
        ":11: agents.anna.team: there is no team 'Cave'; did you mean Care? --new adds 'Cave'.",
        ":13: campaigns.Winter: ends_on (2026-10-01) lies before starts_on (2026-11-01).",
        ":14: there is no client 'Aurra'; did you mean Aurora? --new adds 'Aurra'.",
        ":15: quotas.team.Care.day needs the day it holds from: quotas.team.Care.day.2026-11-01.",
        ":16: there is no setting quees; did you mean queues?",
    ]
    assert site.read_bytes() == before


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("theme = \n", "site.toml is not valid TOML: Invalid value (at line 1, column 9); a text stands in straight"),
        ("theme\n", "site.toml is not valid TOML: Expected '=' after a key"),
        ("[queues.Sales]\n\npurpose = ['sales']\n", "site.toml:3: queues.Sales.purpose is a list"),
        ("[site]\n[theme]\n", "site.toml:2: theme is a list or something else"),
        ("theme = 'dark'\ntheme = 'dark'\n", "site.toml:2: this name stands twice; leave one of them."),
        ("[site]\nmargin = 1\n[site]\n", "site.toml:3: this name stands twice; leave one of them."),
        (
            "[site]\nmargin = 0.4\n[Site]\nMargin = 0.5\n",
            "site.toml:4: Site.Margin stands twice, first as site.margin in line 2; leave one of them.",
        ),
        ("", "site.toml sets nothing, and nothing was changed;"),
        ("# nothing\n[site]\n[teams]\n", "site.toml sets nothing"),
    ],
)
def test_a_file_of_something_else_is_refused(text: str, said: str) -> None:
    with pytest.raises(UsageError, match=r"TOML|list|twice|nothing") as raised:
        toml_files.read(Path("site.toml"), text)
    assert said in str(raised.value)


def test_what_is_new_is_added_in_order_if_asked(tmp_path: Path) -> None:
    path = new_database(tmp_path / "new.db", time_zone="Europe/Amsterdam", currency="EUR")
    text = """[quotas.agent.zoe.day.2026-11-23]
sales = 5
[agents.zoe]
team = "Night"
[clients.Aurora]
[teams.Night]
client = "Aurora"
"""
    lines = applied(path, text, add_new=True)
    assert lines == [
        "clients.Aurora: new",
        "teams.Night.client: Aurora (new)",
        "agents.zoe.team: Night (new)",
        "quotas.agent.zoe.day.sales: 5 from 2026-11-23 on (new)",
    ]
    assert applied(path, text) == []


def test_the_login_of_one_agent_may_be_the_name_of_another(tmp_path: Path) -> None:
    path = new_database(tmp_path / "new.db", time_zone="UTC")
    text = '[agents.anna]\nname = "bob"\n[agents.bob]\nname = "Bob"\n'
    applied(path, text, add_new=True)
    assert rows(path, "SELECT login, name FROM agents ORDER BY login") == [("anna", "bob"), ("bob", "Bob")]
    (error,) = applying.Plan(toml_files.read(Path("x"), "[agents.Bob]\nactive = false\n"), Conditions(), path).errors
    assert error == "x:2: there is no agent 'Bob'; did you mean bob? --new adds 'Bob'."


def test_a_file_comes_from_the_standard_input(site: Path) -> None:
    text = done("config", "export", "-", "--db", site)
    assert ccmon("config", "apply", "-", "--db", site, stdin=text).stdout == "Nothing differs.\n"
    run = ccmon("config", "apply", "-", "--db", site, stdin=text.replace("EUR", "USD"))
    assert (run.returncode, run.stdout) == (2, "site.currency: EUR → USD\n")
    assert "cannot be read" in one_line(ccmon("config", "apply", site / "no.toml", "--db", site))


def test_what_an_older_export_does_not_name_is_told(site: Path, tmp_path: Path) -> None:
    file = tmp_path / "of yesterday.toml"
    file.write_text(done("config", "export", "-", "--db", site))

    def told() -> list[str]:
        return done("config", "apply", file, "--db", site).splitlines()

    assert told() == ["Nothing differs."]
    done("config", "set", "holidays.2026-12-31", "9-12", "--db", site)
    hours, name = (f"holidays.2026-12-31.{column}" for column in ("hours", "name"))
    named = "settings are set that the file does not name"
    assert told()[1:] == [f"2 {named}: {name}, {hours}."]
    done("config", "set", "quotas.team.Care.day.revenue", "900", "--db", site)
    done("config", "set", "teams.Care.talk_limit", "9 min", "--db", site)
    few = f"{name}, {hours}, teams.Care.talk_limit"
    assert told()[1:] == [f"4 {named}: {few} … To see all: ccmon config export - | diff '{file}' -"]
    text = file.read_text()
    assert ccmon("config", "apply", "-", "--db", site, stdin=text).stdout.endswith(" To see all: ccmon config show\n")
    file.write_text(f"{text}\n[Holidays]\n2026-12-31 = '9-12'\n")
    assert told()[1:] == [f"2 {named}: teams.Care.talk_limit, quotas.team.Care.day.revenue."]
    file.write_text(f"{file.read_text()}\n[Quotas.team.Care.day.2026-11-23]\nrevenue = 900\n")
    assert told()[1:] == ["1 setting is set that the file does not name: teams.Care.talk_limit."]


def test_what_was_changed_since_it_was_shown_is_not_overwritten(site: Path) -> None:
    plan = applying.Plan(toml_files.read(Path("x"), "[site]\nmargin = 0.4\n"), Conditions(), site)
    with closing(sqlite3.connect(site)) as other, other:
        other.execute("UPDATE site SET margin = 0.3")
    with pytest.raises(Exception, match="The database was changed meanwhile, and nothing was written"):
        plan.carry_out()
    assert rows(site, "SELECT margin FROM site") == [(0.3,)]


def test_a_path_in_a_file_starts_there(site: Path, tmp_path: Path) -> None:
    file = tmp_path / "sub" / "site.toml"
    file.parent.mkdir()
    file.write_text('database = "calls.db"\n')
    settings = tmp_path / "settings.toml"
    settings.touch()
    done("config", "apply", file, "--yes", "--db", site, CCMON_SETTINGS=str(settings))
    assert settings.read_text() == f'database = "{file.parent}/calls.db"\n'


GIVEN = '[queues.Sales]\npurpose = "service"\n[site]\nname = "Zürich"\n'
DONE = ["site.name: Head office → Zürich", "queues.Sales.purpose: sales → service", "Done."]


@pytest.mark.parametrize(
    "data",
    [
        GIVEN.replace("\n", "\r\n").encode(),
        GIVEN.replace("\n", "\r").encode(),
        GIVEN.encode("utf-8-sig"),
        GIVEN.replace("\n", "\r\n").replace("purpose = ", "\tpurpose\t=\t").encode("utf-8-sig"),
    ],
    ids=["crlf", "cr", "bom", "tabs"],
)
def test_a_file_may_be_written_by_another_program(site: Path, tmp_path: Path, data: bytes) -> None:
    file = tmp_path / "site.toml"
    file.write_bytes(data)
    assert done("config", "apply", file, "--yes", "--db", site).splitlines() == DONE


@pytest.mark.parametrize(
    ("encoding", "text"),
    [("latin-1", GIVEN), ("utf-16", GIVEN), ("utf-16-le", GIVEN), ("utf-16-le", GIVEN.replace("ü", "u"))],
)
def test_another_encoding_is_named(site: Path, tmp_path: Path, encoding: str, text: str) -> None:
    file, before = tmp_path / "site.toml", site.read_bytes()
    file.write_bytes(text.encode(encoding))
    line = one_line(ccmon("config", "apply", file, "--yes", "--db", site))
    assert line == f"ccmon: {file} is not UTF-8; save it as UTF-8."
    assert site.read_bytes() == before


def test_what_is_no_file_is_told(site: Path, tmp_path: Path) -> None:
    line = one_line(ccmon("config", "apply", tmp_path, "--yes", "--db", site))
    assert line == f"ccmon: {tmp_path} cannot be read: Is a directory; name a file in it."
    assert "the standard input sets nothing" in one_line(ccmon("config", "apply", "-", "--yes", "--db", site), 2)


def test_rows_whose_names_differ_in_capitals_are_no_repetition() -> None:
    text = "[clients.A-B]\n[clients.A_B]\n[agents.bo]\nactive = true\n[agents.Bo]\nactive = true\n"
    assert len(toml_files.read(Path("x"), text)) == 4


def test_where_the_settings_cannot_be_written_the_database_stays_too(site: Path, tmp_path: Path) -> None:
    folder = tmp_path / "home"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CCMON_SETTINGS", str(folder / "settings.toml"))
        folder.mkdir()
        (folder / "settings.toml").touch()
        plan = applying.Plan(toml_files.read(Path("x"), 'theme = "dark"\n' + GIVEN), Conditions(), site)
        (folder / "settings.toml").unlink()
        folder.rmdir()
        folder.touch()  # no folder any more since the plan was made
        with pytest.raises(CcmonError, match=r"settings\.toml"):
            plan.carry_out()
    assert rows(site, "SELECT name FROM site") == [("Head office",)]
