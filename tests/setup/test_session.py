"""``ccmon setup --yes`` on made-up machines: what it does, that it does it once, and that it can be taken up again."""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
import sys
from contextlib import closing
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import astuple, replace
from rich.console import Console

from ccmon import settings
from ccmon.accounts import acting_person
from ccmon.configuration.database_values import DatabaseValues
from ccmon.configuration.history import entries
from ccmon.database import database_file, doctor
from ccmon.database.backup import back_up
from ccmon.database.database_file import open_for_reading
from ccmon.errors import CcmonError, UsageError
from ccmon.formatting import UNKNOWN
from ccmon.real_time import real_now
from ccmon.setup import (
    database_steps,
    finish,
    follow_command,
    kept_answers,
    overview,
    place,
    session,
    ssh,
    system_steps,
)
from ccmon.setup.answering import complete
from ccmon.setup.discovery import find
from ccmon.setup.existing import History, history, look_at_database
from ccmon.setup.machine import Machine
from ccmon.setup.question import SetupContext
from ccmon.setup.questions import QUESTIONS, question
from ccmon.setup.session import SetupSession
from ccmon.sources.queue_log.import_files import import_logs
from tests.commands import done
from tests.configuration.replay import in_force, nothing, replayed, without_days_that_are_none
from tests.setup.machines import Run, machine, no_bar, on_one_line


def test_a_site_with_every_default(root: Path) -> None:
    run = Run(machine(root))
    path = settings.default_database()
    assert "76 calls from 325 lines" in run.text
    assert "3 waiting" in run.text
    assert "ccmon monitor opens the screen." in run.text
    existing = look_at_database(path)
    assert (existing.site.name, existing.site.time_zone, existing.site.currency) == (
        "Amsterdam", "Europe/Amsterdam", None,
    )  # fmt: skip
    assert list(map(astuple, existing.queues)) == [
        ("retention", "retention", 0.8, 20_000), ("sales", "sales", 0.8, 20_000), ("support", "service", 0.8, 20_000),
    ]  # fmt: skip
    assert path.stat().st_mode & 0o077 == 0
    assert not kept_answers.default_file().exists()


def test_where_copies_of_a_lost_database_lie_setup_says_how_to_have_the_newest(root: Path) -> None:
    assert "newest copy" not in Run(machine(root), service="no").text
    path = settings.default_database()
    copy = back_up(path, path.parent / "backups").path
    for each in path.parent.glob("calls.db*"):
        each.unlink()
    told = Run(machine(root), service="no").text
    assert "empty; to have the newest copy that lies beside it instead, answer no, and then:" in on_one_line(told)
    assert f"ccmon restore {copy} --db {path}\n" in told


def test_what_was_declined_is_proposed_again(root: Path, tmp_path: Path) -> None:
    def proposed(on: Machine) -> dict[str, str]:
        context = SetupContext(on, find(on), declined=kept_answers.load(kept_answers.default_file()).declined)
        complete(context, {}, {})
        return {name: context.answers[name] for name in kept_answers.DECLINABLE if name in context.answers}

    here = machine(root)
    other = str(tmp_path / "other.db")
    Run(here, past="no")
    Run(here, past="no", database=other)  # which is the default from now on
    assert proposed(here) == {"past": "no"}
    again = Run(here)
    assert "nothing was changed" in again.text
    assert kept_answers.default_file().stat().st_mode & 0o777 == 0o600
    assert not kept_answers.load(kept_answers.default_file()).was_begun
    with pytest.raises(UsageError):
        Run(here, time_zone="Mars")
    assert proposed(here) == {"past": "no"}
    Run(here, past="yes")
    assert proposed(here) == {"past": "yes"}
    first = str(settings.default_database())
    assert [*kept_answers.load(kept_answers.default_file()).declined] == [first]
    Run(here, past="yes", database=first)
    assert kept_answers.load(kept_answers.default_file()).declined == {}


ANSWERS = {
    "source": "none", "database": "", "time_zone": "Amsterdam", "name": "Head office", "currency": "eur",
    "day_starts": "5:00", "queues": "600=sales,90%,15s\n601=service", "teams": "Care: Eva, Omar\nSales: Ann",
    "quota": "120",
}  # fmt: skip


def test_every_answer_goes_where_it_belongs(root: Path, tmp_path: Path) -> None:
    path = tmp_path / "data" / "floor.db"
    Run(machine(root), **{**ANSWERS, "database": str(path)})
    existing = look_at_database(path)
    site = existing.site
    assert (site.name, site.time_zone, site.currency, site.day_starts_ms) == (
        "Head office", "Europe/Amsterdam", "EUR", 5 * 3_600_000,
    )  # fmt: skip
    assert list(map(astuple, existing.queues)) == [
        ("600", "sales", 0.9, 15_000), ("601", "service", 0.8, 20_000),
    ]  # fmt: skip
    assert existing.teams == {"Care": ("Eva", "Omar"), "Sales": ("Ann",)}
    assert existing.quota == 120
    assert settings.load().database == path


def test_what_it_changes_of_the_configuration_is_noted(root: Path) -> None:
    Run(machine(root), **{**ANSWERS, "database": str(settings.default_database())})
    Run(machine(root), source="none", time_zone="Europe/Paris", quota="0")
    with open_for_reading(settings.default_database()) as connection:
        log = entries(connection)
        today = DatabaseValues(connection).today.date
    assert {(entry.who, entry.act) for entry in log} == {(acting_person(), "setup")}
    noted = [str(entry.change).replace(UNKNOWN, "-").replace(today, "TODAY") for entry in log]
    assert noted == [
        "site.name: - → Head office", "site.time_zone: - → Europe/Amsterdam", "site.day_starts: 00:00 → 05:00",
        "site.currency: - → EUR", "queues.600: new", "queues.600.purpose: - → sales",
        "queues.600.service_level_threshold: 20 s → 15 s", "queues.600.service_level_target: 80 % → 90 %",
        "queues.601: new", "queues.601.purpose: - → service", "teams.Care: new", "teams.Sales: new",
        "agents.Ann: new", "agents.Ann.team: - → Sales", "agents.Eva: new", "agents.Eva.team: - → Care",
        "agents.Omar: new", "agents.Omar.team: - → Care",
        "quotas.centre.day: new from TODAY on", "quotas.centre.day.sales: - → 120 from TODAY on",
        "site.time_zone: Europe/Amsterdam → Europe/Paris", "quotas.centre.day.sales: 120 → 0 from TODAY on",
    ]  # fmt: skip


def test_a_quota_holds_from_the_business_day_on_that_has_not_ended_at_midnight(root: Path) -> None:
    noon_there = f"Etc/GMT{datetime.now(UTC).hour - 12:+}"
    answers = {"time_zone": noon_there, "day_starts": "23:45"}
    Run(machine(root), **{**ANSWERS, **answers, "database": str(settings.default_database())})
    path = settings.default_database()
    with open_for_reading(path) as connection:
        noted = [entry for entry in entries(connection) if entry.name == "quotas.centre.day.sales"]
        assert [entry.holds_from for entry in noted] == [DatabaseValues(connection).today.date]
    assert look_at_database(path).quota == 120
    assert '"quota_sales": 120' in done("status", "--json", "--db", path)


def test_another_quota_of_sales_keeps_that_of_the_revenue(root: Path) -> None:
    Run(machine(root), **{**ANSWERS, "database": str(settings.default_database())})
    with database_file.open_for_writing(settings.default_database()) as connection, connection:
        connection.execute("UPDATE quotas SET starts_on = '2026-01-01', revenue_cents = 100000")
    home = {"HOME": str(settings.default_database().parents[3])}
    Run(machine(root), source="none", quota="30")
    assert "1000.00" in done("config", "show", "quotas.centre.day", **home)


def test_answers_that_nobody_has_confirmed_are_asked_again_but_never_taken(root: Path) -> None:
    Run(machine(root), **{**ANSWERS, "database": str(settings.default_database())})
    kept_answers.KeptAnswers(kept_answers.default_file(), answers={"quota": "7", "name": "Typed, then stopped"}).save()
    Run(machine(root), time_zone="Europe/Paris")
    existing = look_at_database(settings.default_database())
    assert (existing.site.name, existing.site.time_zone, existing.quota) == ("Head office", "Europe/Paris", 120)


def test_the_log_of_changes_leads_to_all_that_it_has_set(root: Path) -> None:
    answers = {**ANSWERS, "database": str(settings.default_database()), "opening_hours": "mon-fri 09:00-17:30"}
    Run(machine(root), **answers)
    with open_for_reading(settings.default_database()) as connection:
        leads_to = replayed(nothing(), entries(connection))
        assert without_days_that_are_none(leads_to) == without_days_that_are_none(in_force(connection))


def content(path: Path) -> list[str]:
    with open_for_reading(path) as connection:
        return list(connection.iterdump())


def test_a_change_of_the_day_that_is_broken_off_leaves_all_days_as_they_were(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Run(machine(root))

    def stop(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(doctor, "repair_in_transaction", stop)
        with pytest.raises(KeyboardInterrupt):
            Run(machine(root), time_zone="Tokyo", day_starts="05:00")
    assert look_at_database(settings.default_database()).site.time_zone == "Europe/Amsterdam"
    run = Run(machine(root))
    assert "Days begin at another time now" in " ".join(run.text.split())
    site = look_at_database(settings.default_database()).site
    assert (site.time_zone, site.day_starts_ms) == ("Asia/Tokyo", 5 * 3_600_000)
    with open_for_reading(settings.default_database()) as connection:
        found = doctor.examine(settings.default_database(), connection, real_now())
        assert "wrong" not in {each.verdict for each in found}


def test_another_currency_tells_what_becomes_of_past_sales(root: Path) -> None:
    Run(machine(root), currency="EUR")
    with database_file.open_for_writing(settings.default_database()) as connection, connection:
        connection.execute("INSERT INTO sales (sold_at, amount_cents, currency) VALUES (?, 100, 'EUR')", (real_now(),))
    assert "1 sale says EUR, and is no part of the revenue any more." in " ".join(
        Run(machine(root), currency="USD").text.split()
    )


def test_a_second_run_changes_nothing(root: Path) -> None:
    Run(machine(root), teams="Care: Alice Martin", quota="20")
    before = content(settings.default_database())
    run = Run(machine(root))
    assert "nothing was changed" in run.text
    assert content(settings.default_database()) == before


def test_a_log_at_a_place_of_its_own_is_remembered(root: Path, tmp_path: Path) -> None:
    log = (root / "var/log/asterisk/queue_log").rename(tmp_path / "queue_log")
    Run(machine(root), source=str(log), service="no")
    run = Run(machine(root))
    assert "nothing was changed" in run.text
    assert f"follow queue-log {log}" in " ".join(run.text.replace("\\\n", " ").split())


def test_a_later_run_changes_what_is_answered_otherwise_and_shows_it(root: Path) -> None:
    Run(machine(root), teams="Care: Alice Martin, Judy Rossi", quota="20")
    run = Run(
        machine(root), time_zone="Europe/Paris", queues="sales=90%", teams="Care: Judy Rossi\nSales: Alice Martin",
        quota="30",
    )  # fmt: skip
    for line in (
        "time zone: Europe/Amsterdam → Europe/Paris",
        "sales: 80 % within 20 s → 90 % within 20 s",
        "A new target counts from tomorrow on",
        "Set the quota: 20 → 30 sales a day, from today on",
    ):
        assert line in run.text
    assert "Care: out: 1 agent (Alice Martin)" in run.text
    assert "Import" not in run.text
    existing = look_at_database(settings.default_database())
    assert (existing.site.time_zone, existing.quota) == ("Europe/Paris", 30)
    assert existing.teams == {"Care": ("Judy Rossi",), "Sales": ("Alice Martin",)}
    assert done("doctor", HOME=str(settings.default_database().parents[3]))


def steps_in(told: str) -> list[str]:
    """The plan's lines, each without what stands before it."""
    plan = told.partition("\n+ ")[0]
    return [re.sub(r"^ *(\d+  )?", "", line) for line in plan.splitlines() if line.strip()]


def test_the_plan_of_a_later_run_names_each_change_and_nothing_else(root: Path) -> None:
    teams = "Care: Alice Martin, Judy Rossi\nSales: Bob O'Brien"
    Run(machine(root), teams=teams, quota="1000", queues="sales=95%")
    run = Run(
        machine(root), teams=f"{teams}, Eve Lévy".replace(", Judy Rossi", ""), quota="1200", queues="support=sales"
    )
    assert steps_in(run.text) == [
        "Set 1 queue", "support: service → sales",
        "Set 2 teams", "Care: out: 1 agent (Judy Rossi)", "Sales: in: 1 agent (Eve Lévy)",
        "Set the quota: 1,000 → 1,200 sales a day, from today on",
    ]  # fmt: skip
    home = {"HOME": str(settings.default_database().parents[3])}
    done("config", "set", "holidays.2026-12-25", "Christmas", **home)
    assert "nothing was changed" in Run(machine(root)).text
    run = Run(machine(root), teams="Night: Zoë Durand, Karim Müller", queues="retention=service,15s\nnew!=sales")
    assert steps_in(run.text) == [
        "Set 2 queues", "retention: retention → service, 80 % within 20 s → 80 % within 15 s",
        "new: sales, 80 % within 20 s",
        "A new target counts from tomorrow on; for all days: ccmon doctor", "--recompute",
        "Set 1 team", "Night: Zoë Durand, Karim Müller",
    ]  # fmt: skip


def with_imported_queue(root: Path) -> list[str]:
    """A database that setup has made, to which an import has brought a queue; what it sets up."""
    Run(machine(root), source="none", queues="sales=sales")
    with database_file.open_for_writing(settings.default_database()) as connection, connection:
        connection.execute("INSERT INTO queues (name) VALUES ('Calls')")
    return content(settings.default_database())


def test_a_later_run_sets_nothing_of_queues_that_came_meanwhile(root: Path) -> None:
    (root / "var/log/asterisk/queue_log").unlink()
    before = with_imported_queue(root)
    run = Run(machine(root), opening_hours="mon-fri 9-17")
    assert re.findall(r"^ \d  (.*)$", run.text, re.MULTILINE) == ["Change the opening hours"]
    assert [each for each in content(settings.default_database()) if "queues" in each] == [
        each for each in before if "queues" in each
    ]
    context = SetupContext(machine(root), find(machine(root)))
    complete(context, {}, {})
    (line,) = (line for line in overview.lines([each for each in QUESTIONS if each.name == "queues"], context, {}, {}))
    assert line.endswith("2 queues (1 without a purpose yet): Calls, sales")
    assert "1 queue has no purpose yet." in question("queues").table(context, context.answers["queues"])
    Run(machine(root), queues="Calls=85%")
    queues = look_at_database(settings.default_database()).queues
    assert [(each.name, each.purpose, each.service_level_target) for each in queues] == [
        ("Calls", None, 0.85), ("sales", "sales", 0.8),
    ]  # fmt: skip
    Run(machine(root), queues="Calls=retention")
    assert look_at_database(settings.default_database()).queues[0].purpose == "retention"


def test_campaigns_for_sales_and_a_quota_that_is_there_ask_for_the_quota(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (root / "var/log/asterisk/queue_log").unlink()
    Run(machine(root), source="none", queues="support=service")
    asked = question("quota")
    assert not asked.applies(answered(root))
    with pytest.raises(UsageError) as refused:
        Run(machine(root), quota="6")
    assert str(refused.value) == (
        "--quota does not go with the other answers: no queue is for sales, nor a campaign; "
        "ccmon config set quotas.centre.day.sales 6 sets it all the same."
    )
    home = {"HOME": str(settings.default_database().parents[3])}
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True)
    with pytest.raises(UsageError, match="no queue is for sales"):
        SetupSession(machine(root), Console(force_terminal=True), no_bar).run({"quota": "6"}, yes=False)
    done("config", "set", "quotas.centre.day.sales", "6", **home)
    context = answered(root)
    assert asked.applies(context)
    assert "Quota  6 sales a day" in " ".join(overview.lines([asked], context, {}, {}))
    done("config", "unset", "quotas.centre.day.sales", **home)
    assert not asked.applies(answered(root))
    with database_file.open_for_writing(settings.default_database()) as connection, connection:
        connection.execute("INSERT INTO campaigns (name, purpose) VALUES ('Spring', 'sales')")
    assert asked.applies(answered(root))


def answered(root: Path) -> SetupContext:
    context = SetupContext(machine(root), find(machine(root)))
    complete(context, {}, {})
    return context


def test_a_table_of_agents_makes_its_teams(root: Path, tmp_path: Path) -> None:
    table = tmp_path / "agents.csv"
    table.write_text("login,name,team\neva,Eva de Vries,Acquisition\nomar,Omar Haddad,Care\n")
    Run(machine(root), teams=str(table))
    existing = look_at_database(settings.default_database())
    assert existing.teams == {"Acquisition": ("Eva de Vries",), "Care": ("Omar Haddad",)}
    assert "nothing was changed" in Run(machine(root), teams=str(table)).text


def test_settings_that_are_there_stay(root: Path, tmp_path: Path) -> None:
    file = settings.settings_files()[-1]
    file.parent.mkdir(parents=True)
    file.write_text('theme = "dark"\ndatabase = "old.db"\nrefresh_seconds = 2\n')
    run = Run(machine(root), database=str(tmp_path / "calls.db"))
    assert f"database:old.db→{tmp_path}/calls.db" in "".join(run.text.split())  # a long path goes over two lines
    loaded = settings.load()
    assert (loaded.database, loaded.theme, loaded.refresh_seconds) == (tmp_path / "calls.db", "dark", 2)


def test_a_table_of_the_settings_keeps_its_lines(root: Path, tmp_path: Path) -> None:
    context = SetupContext(machine(root), find(machine(root)), {"database": str(tmp_path / "calls.db")})
    file = settings.settings_files()[-1]
    file.parent.mkdir(parents=True)
    file.write_text('# ours\ndatabase = "old.db"\n[other]\ndatabase = "kept"\n')
    system_steps.WriteSettings(context, kept_answers.KeptAnswers(tmp_path / "state"), no_bar).do()
    assert file.read_text() == f'# ours\ndatabase = "{tmp_path}/calls.db"\n[other]\ndatabase = "kept"\n'


def test_a_link_to_the_settings_stays_one(root: Path, tmp_path: Path) -> None:
    file, linked = settings.settings_files()[-1], tmp_path / "ours.toml"
    file.parent.mkdir(parents=True)
    linked.write_text('theme = "dark"\n')
    linked.chmod(0o640)
    file.symlink_to(linked)
    Run(machine(root), database=str(tmp_path / "calls.db"))
    assert file.is_symlink()
    assert linked.read_text() == f'theme = "dark"\ndatabase = "{tmp_path}/calls.db"\n'
    assert linked.stat().st_mode & 0o777 == 0o640


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"time_zone": "Mars"}, "--time-zone: There is no time zone 'Mars'"),
        ({"source": "/nonexistent"}, "--source: There is no file /nonexistent"),
        ({"source": "ami"}, "--password-file: calls are to come from the Asterisk manager, which needs a password"),
        ({"source": "ami", "switch_user": "none"}, "--switch-user: Asterisk's manager lets nobody in without a user"),
        (
            {"queues": "slaes=sales"},
            "--queue: There is no queue 'slaes'; did you mean 'sales'? To add a new one",
        ),
        ({"queues": "sales=quickly"}, "--queue: 'quickly' means nothing for a queue"),
        ({"teams": "nobody"}, "--team: 'nobody' is no file and no team"),
        ({"teams": "Care: Alise Martin"}, "--team: There is no agent 'Alise Martin'; did you mean 'Alice Martin'?"),
        ({"quota": "many"}, "--quota: The quota is 'many', and must be a whole number of at least 0."),
        (
            {"day_starts": "5:10"},
            "--day-starts: The start of a day is '5:10', and must be a time in quarters of an hour",
        ),
        ({"currency": "euro"}, "--currency: The currency is 'euro', and must be a code of three letters such as EUR."),
        ({"look": "anna"}, "--look does not go with the other answers: only root can let others in"),
        ({"switch_user": "x"}, "--switch-user does not go with the other answers: the source of calls asks for no"),
    ],
)
def test_a_wrong_answer_is_one_sentence_and_nothing_is_made(root: Path, given: dict[str, str], sentence: str) -> None:
    with pytest.raises(UsageError) as refused:
        Run(machine(root), **given)
    assert str(refused.value).startswith(sentence)
    assert not settings.default_database().parent.exists()


def test_names_that_two_share_or_that_hold_commas_stay(root: Path, tmp_path: Path) -> None:
    table = tmp_path / "agents.csv"
    table.write_text('login,name,team\neva,"Vries, Eva",Care\nan,An Li,Care\nli,An Li,Sales\n')
    Run(machine(root), teams=str(table))
    before = content(settings.default_database())
    assert "nothing was changed" in Run(machine(root)).text
    assert content(settings.default_database()) == before
    Run(machine(root), teams="Sales: vries, eva; AN")
    assert look_at_database(settings.default_database()).teams == {"Sales": ("Vries, Eva", "an")}


def test_a_quota_that_is_there_is_ended_by_another(root: Path) -> None:
    Run(machine(root), quota="20")
    with pytest.raises(UsageError, match=r"--quota: A quota holds until a later one: write 0 to end it\."):
        Run(machine(root), quota="none")
    Run(machine(root), quota="0")
    assert look_at_database(settings.default_database()).quota == 0


def test_a_log_that_cannot_be_read_is_named_with_its_group(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log, readable = root / "var/log/asterisk/queue_log", os.access
    monkeypatch.setattr(os, "access", lambda each, mode: each != log and readable(each, mode))
    here = machine(root)
    context = SetupContext(here, find(here))
    source = question("source")
    assert source.default(context) == "none"
    assert f"cannot read it: it belongs to the group {log.group()} (sudo usermod -aG {log.group()} " in source.text(
        context
    )


def test_a_machine_that_is_set_up_already_is_not_a_supervisors_to_change(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Run(machine(root))
    path, allowed = settings.default_database(), os.access
    monkeypatch.setattr(os, "access", lambda each, mode: not (each == path and mode == os.W_OK) and allowed(each, mode))
    with pytest.raises(CcmonError, match="ccmon is set up on this machine already"):
        Run(machine(root))
    with monkeypatch.context() as patch:  # who may act
        patch.setattr(os, "access", allowed)
        patch.setattr(session, "owner_of", lambda path: "ccmon")
        for given in ({}, {"source": "none"}):
            with pytest.raises(CcmonError, match="which this account may work with, but whose setup it may not change"):
                Run(machine(root), **given)
    Run(machine(root), database=str(tmp_path / "own.db"))


def test_files_that_a_broken_off_import_has_left_are_imported(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = root / "var/log/asterisk/queue_log"
    lines = log.read_text(encoding="utf-8").splitlines(keepends=True)
    log.with_name("queue_log.1").write_text("".join(lines[:200]), encoding="utf-8")
    log.write_text("".join(lines[200:]), encoding="utf-8")

    def import_the_first(path: Path, names: list[str], **options: Any) -> None:
        import_logs(path, names[:1], **options)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(database_steps, "import_logs", import_the_first)
        with pytest.raises(KeyboardInterrupt):
            Run(machine(root))
    Run(machine(root))
    (source,) = look_at_database(settings.default_database()).sources
    assert source.records == 325
    assert "nothing was changed" in Run(machine(root)).text


def test_a_step_that_fails_is_named_and_the_next_run_goes_on(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(self: Any) -> str:
        raise CcmonError("the disk is full.")

    with monkeypatch.context() as patch:
        patch.setattr(database_steps.ImportPast, "do", fail)
        with pytest.raises(CcmonError, match=r"Step 4 failed \(Import .*\): the disk is full\."):
            Run(machine(root))
    assert "76 calls" in Run(machine(root)).text


def test_answers_of_a_run_that_was_broken_off_are_named_when_they_are_taken_over(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(self: Any) -> str:
        raise CcmonError("the disk is full.")

    with monkeypatch.context() as patch:
        patch.setattr(database_steps.ImportPast, "do", fail)
        for given in ({"name": "Head office", "quota": "7"}, {"quota": "8"}):
            with pytest.raises(CcmonError, match="the disk is full"):
                Run(machine(root), **given)
    told = Run(machine(root), time_zone="Europe/Paris").text
    said = told.split("Taken over from the setup that was broken off; --start-anew leaves this out:\n")[1]
    assert said.startswith("    --name: Head office\n    --quota: 8 sales a day\n\n")
    assert "Taken over" not in Run(machine(root)).text
    existing = look_at_database(settings.default_database())
    assert (existing.site.name, existing.site.time_zone, existing.quota) == ("Head office", "Europe/Paris", 8)


def test_setup_that_starts_anew_leaves_former_answers_out_and_imports_all_the_same(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(self: Any) -> str:
        raise CcmonError("the disk is full.")

    with monkeypatch.context() as patch:
        patch.setattr(database_steps.MakeDatabase, "do", fail)
        with pytest.raises(CcmonError, match="the disk is full"):
            Run(machine(root), name="Head office")
    told = Run(machine(root), anew="yes").text
    assert "Taken over" not in told
    assert "76 calls" in told
    assert look_at_database(settings.default_database()).site.name == "Amsterdam"


def test_without_a_switch_it_says_how_calls_come_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(Path(sys.executable).parent), prepend=os.pathsep)
    run = Run(machine(tmp_path / "empty"), source="none")
    assert "No calls yet: the figures are empty until the first." in run.text
    assert "+ Checked: " in run.text
    assert run.text.count("ccmon demo") == 1, "how calls come in is told once"
    assert "ccmon import brings in" not in run.text
    for line in ("FILE --guess > columns.toml", "FILE --mapping columns.toml"):
        assert f"\n    ccmon import table calls {line}\n" in run.text
    assert "ccmon demo shows" in run.text


def test_ctrl_c_after_the_last_step_comes_too_late(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    show = SetupSession._show_done

    def stop(self: SetupSession, number: int, text: str, outcome: str) -> None:
        show(self, number, text, outcome)
        if number == len(self._begun):
            raise KeyboardInterrupt

    monkeypatch.setattr(SetupSession, "_show_done", stop)
    told = Run(machine(root)).text
    assert "3 waiting" in told
    assert "opens the screen." in told
    assert "Stopped" not in told
    assert not kept_answers.default_file().exists()


@pytest.mark.parametrize(
    ("stopped", "has_findings"),
    [("sent_elsewhere_than_in_force", False), ("_check", False), ("_show_floor", True)],
)
def test_ctrl_c_in_the_last_check_leaves_what_is_to_do_next(
    root: Path, monkeypatch: pytest.MonkeyPatch, stopped: str, has_findings: bool
) -> None:
    of = ssh if stopped == "sent_elsewhere_than_in_force" else finish
    function, calls = getattr(of, stopped), []

    def stop_once(*given: Any) -> Any:
        calls.append(given)
        if len(calls) == 1:
            raise KeyboardInterrupt
        return function(*given)

    monkeypatch.setattr(of, stopped, stop_once)
    out = StringIO()
    made = SetupSession(machine(root, is_root=True), Console(file=out, width=80, soft_wrap=True), no_bar)
    with pytest.raises(KeyboardInterrupt):
        made.run({"service": "no", "look": "anna"}, yes=True)
    told = out.getvalue()
    assert ("\n? data: " in told) == has_findings
    assert "\nStopped checking; all that was to be done is done" in told
    assert "ccmon monitor" in told.partition("Stopped checking")[2]
    assert all(f"\n    {line}\n" in told for line in ssh.whole(root / "var/lib/ccmon/calls.db"))


def test_defaults_come_from_the_database_that_an_option_names(root: Path, tmp_path: Path) -> None:
    other = str(tmp_path / "other.db")
    Run(machine(root), database=other, name="Other", time_zone="Tokyo", source="none")
    settings.settings_files()[-1].unlink()
    Run(machine(root), name="Usual")
    Run(machine(root), database=other)
    assert look_at_database(Path(other)).site.name == "Other"


def without_blanks(text: str) -> str:
    """For long paths, which go over two lines."""
    return "".join(text.replace("\\\n", "").split())


MOVED = {**ANSWERS, "opening_hours": "mon-fri 09:00-17:30", "source": "none"}


PROGRAM = "".join(follow_command.typed_program(is_root=False))
A_CALL = "INSERT INTO calls (call_id, source, direction, entered_at) VALUES ('1', 'own', 'outbound', 1)"


@pytest.mark.parametrize("has_calls", [True, False])
def test_a_new_place_keeps_all_answers_and_the_plan_names_what_stays_behind(
    root: Path, tmp_path: Path, has_calls: bool
) -> None:
    before, after = settings.default_database(), tmp_path / "moved" / "calls.db"
    Run(machine(root), **{**MOVED, "database": str(before)})
    with database_file.open_for_writing(before) as connection, connection:
        connection.execute("UPDATE agents SET name = 'Eva de Vries' WHERE login = 'Eva'")
        if has_calls:
            connection.execute(A_CALL)
    given = {"take_along": "no"} if has_calls else {}
    told = without_blanks(Run(machine(root), database=str(after), source="none", **given).text)
    was, now = look_at_database(before), look_at_database(after)
    assert (now.site, now.queues, now.teams, now.quota) == (was.site, was.queues, was.teams, was.quota)
    assert (now.opening_hours, now.names_by_login) == (was.opening_hours, was.names_by_login)
    has = f"haswhat{after}hasnot,anditstaysthere:1call;" if has_calls else "hasrecordednothing:"
    stays = f"{before}{has}nothingreadsorwritesitanymore."
    assert (told.count(stays), told.count("Totakethemalong,goback")) == (2, int(has_calls))
    last = f"{before},theformerdatabase,has1call.Tohavethathere(FILEiswhatthebackupnames):"
    commands = f"backup{before.parent}/backups--db{before}{PROGRAM}restoreFILE--db{after}"
    assert (last in told, commands in told) == (has_calls, has_calls)
    assert ("Callscomefromatable" in told) != has_calls
    assert settings.load().database == after
    assert "nothing was changed" in Run(machine(root), source="none").text


def test_of_calls_that_were_taken_along_it_is_said_that_they_are_there(root: Path, tmp_path: Path) -> None:
    before, after = settings.default_database(), tmp_path / "calls.db"
    Run(machine(root), service="no")
    shutil.copy(before, after)
    told = without_blanks(Run(machine(root), database=str(after)).text)
    known = history(before).calls
    assert known > 0
    assert f"{after}hasallthat{before}has({known}calls),too:nothingreadsorwrites{before}anymore." in told
    assert "Totakethemalong" not in told
    assert "dothisinstead" not in told


@pytest.mark.parametrize(
    ("recorded", "words"),
    [
        ({"calls": 1_200}, "1,200 calls"),
        ({"sales": 1}, "1 sale"),
        ({"follow_ups": 2}, "2 follow-ups"),
        ({"calls": 1, "follow_ups": 1}, "1 call, 1 follow-up"),
        ({}, "0 calls"),
    ],
)
def test_a_history_is_empty_without_anything_that_somebody_would_miss(recorded: dict[str, int], words: str) -> None:
    nothing_at_all = History(calls=0, sales=0, follow_ups=0)
    found = replace(nothing_at_all, **recorded)
    assert (found.is_empty, found.in_words) == (not recorded, words)


def test_the_way_back_to_the_usual_place_is_written_too(root: Path, tmp_path: Path) -> None:
    Run(machine(root), **{**MOVED, "database": str(settings.default_database())})
    for path in (tmp_path / "other.db", settings.default_database()):
        Run(machine(root), database=str(path), source="none")
        assert settings.load().database == path
        assert "nothing was changed" in Run(machine(root), source="none").text


def test_the_answers_at_a_place_where_a_database_is_are_of_that_one(root: Path, tmp_path: Path) -> None:
    before, after = settings.default_database(), tmp_path / "other.db"
    Run(machine(root), **{**MOVED, "database": str(after), "name": "Other"})
    settings.settings_files()[-1].unlink()
    Run(machine(root), **{**MOVED, "database": str(before)})
    with database_file.open_for_writing(before) as connection, connection:
        connection.execute(A_CALL)
    on = machine(root)
    context = SetupContext(on, find(on))
    assert place.remark(context) == ""
    context.answers["database"] = str(after)
    assert question("name").default(context) == "Other"
    assert (
        place.remark(context)
        == f"{after} is there already: these are the answers for it, not those in force in {before}."
    )
    gets = "it gets the answers and all other settings that are in force in"
    context.answers["database"] = str(tmp_path / "new.db")
    assert question("name").default(context) == "Head office"
    assert place.remark(context) == f"{tmp_path}/new.db is new: {gets} {before}."
    told = without_blanks(Run(machine(root), database=str(after)).text)
    assert f"{before}haswhat{after}hasnot,anditstaysthere:1call(" in told
    assert "Twodatabasescannotbemadeone.Tohaveallthat" in told
    assert f"backup{before.parent}/backups--db{before}" in told
    assert f"restoreFILE--db{after}" in told


def test_another_programs_database_at_the_usual_place_is_left_alone(root: Path) -> None:
    path = settings.default_database()
    path.parent.mkdir(parents=True)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE a (b)")
    with pytest.raises(CcmonError, match=r"not a call database.*\. ccmon setup --db PATH sets up another one\."):
        Run(machine(root))


def test_a_command_that_an_error_ends_with_can_be_copied(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = settings.default_database()
    path.parent.mkdir(parents=True)
    path.touch()
    with pytest.raises(CcmonError) as older:
        Run(machine(root))
    assert str(older.value) == (
        f"{path} is empty. ccmon setup --db PATH sets up another one. "
        f"Remove it and make a database with: ccmon init --db {path}"
    )
    path.unlink()

    def fail(self: Any) -> str:
        raise CcmonError("the database is gone", command=f"make one with: ccmon init --db {path}")

    monkeypatch.setattr(database_steps.ImportPast, "do", fail)
    with pytest.raises(CcmonError, match=r"goes on from there\. Make one with: ccmon init --db \S+$"):
        Run(machine(root))


def test_a_database_in_a_directory_that_may_not_be_entered(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = settings.default_database()
    Run(machine(root))
    session = SetupSession(machine(root), Console(), no_bar)
    monkeypatch.setattr(Path, "exists", refused)
    monkeypatch.setattr("os.access", lambda each, mode: each != path)
    with pytest.raises(CcmonError, match="may not read: a member of the group"):
        session.run({}, yes=True)


@pytest.mark.parametrize(("of_database", "told"), [("ccmon-act", "supervisors"), ("supervisors", "supervisors")])
def test_who_may_not_read_the_database_is_told_the_group_that_is_enough_to_look(
    root: Path, monkeypatch: pytest.MonkeyPatch, of_database: str, told: str
) -> None:
    Run(machine(root))
    made = SetupSession(machine(root), Console(), no_bar)
    monkeypatch.setattr("ccmon.setup.session.group_of", lambda path: of_database)
    monkeypatch.setattr("os.access", lambda each, mode: False)
    with pytest.raises(CcmonError, match=f"may not read: a member of the group {told} may;"):
        made.run({}, yes=True)


def refused(path: Path) -> bool:
    raise PermissionError(13, "Permission denied", str(path))


def test_what_is_proposed_and_not_in_force_yet_is_marked(root: Path) -> None:
    Run(machine(root), source="none")
    context = SetupContext(machine(root), find(machine(root)))
    complete(context, {}, {})
    asked = [each for each in QUESTIONS if each.applies(context)]
    (line,) = (line for line in overview.lines(asked, context, {}, {}) if "Source" in line)
    assert line.endswith("queue_log (new)")
    Run(machine(root))
    context = SetupContext(machine(root), find(machine(root)))
    complete(context, {}, {})
    assert "(new)" not in "\n".join(overview.lines(asked, context, {}, {}))


def test_the_last_lines_name_the_program_as_it_can_be_called(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(follow_command, "typed_program", lambda *, is_root: ["/opt/a b/ccmon"])
    told = Run(machine(root), source="none").text.partition("No calls yet")[2]
    for words in (
        " monitor opens the screen.",
        " import table calls FILE --guess > columns.toml",
        " templates DIR",
        " demo",
    ):
        assert f"'/opt/a b/ccmon'{words}" in " ".join(told.split())


def test_what_was_done_is_not_wider_than_the_screen(root: Path, tmp_path: Path) -> None:
    run = Run(machine(root), database=str(tmp_path / "a_long_name_of_a_directory" / ("of_a_floor_" * 5) / "calls.db"))
    done_lines = [line for line in run.text.splitlines() if line.startswith("+ ")]
    assert done_lines
    assert max(map(len, done_lines)) <= 80
