"""``ccmon config``: what is in force, what a change does, and what a person who errs is told."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from benchmarks.terminal import terminal_environment
from ccmon.cli import questions
from ccmon.configuration import actions, listing
from ccmon.configuration.site_columns import LIMITS_INSTEAD, SECTIONS, own_columns
from ccmon.database import database_file, totals
from ccmon.database.live_reader import LiveReader
from ccmon.database.sqlite_errors import MAY_ONLY_READ
from ccmon.formatting import UNKNOWN
from ccmon.model.alarm_limits import SiteLimits
from ccmon.number_texts import LENGTHS
from tests.commands import ccmon, done, one_line, queue
from tests.configuration.site import DAY, NOON
from tests.databases import new_database, open_copy, rows


@pytest.fixture
def held_site(template: Path) -> Iterator[Path]:
    """For what opens one connection after another, and does not look into the file."""
    with open_copy(template) as (path, _):
        yield path


def shown(site: Path, *name: str) -> dict[str, dict[str, Any]]:
    """What ``ccmon config show --json`` says, by name."""
    found = json.loads(done("config", "show", "--json", "--db", site, *name))
    assert list(found) == ["settings"]
    return {each["name"]: each for each in found["settings"]}


def change(site: Path, *words: object, **environment: str) -> str:
    return done("config", *words, "--db", site, **environment)


def test_every_value_is_shown_with_its_origin(site: Path) -> None:
    found = shown(site)
    assert found["database"] == {
        "name": "database", "value": str(site), "text": str(site), "origin": "option", "where": "--db",
        "meaning": "where the call database lies", "allowed": "the path of a file",
        "default": found["database"]["default"], "from": None, "today": None, "site": None,
    }  # fmt: skip
    assert found["theme"]["origin"] == "default"
    assert found["site.currency"]["origin"] == "database"
    assert found["queues.Sales.service_level_threshold"] == {
        "name": "queues.Sales.service_level_threshold", "value": 20.0, "text": "20 s", "origin": "default",
        "where": None, "meaning": "answered within this time is in time", "allowed": "20 s, 15 min or 1:30",
        "default": "20 s", "from": None, "today": None, "site": None,
    }  # fmt: skip
    assert found['queues."Sales NL".purpose']["text"] is None
    assert (found["agents.anna.hourly_cost"]["value"], found["agents.anna.hourly_cost"]["text"]) == (32.5, "32.50")
    assert (found["agents.anna.active"]["value"], found["agents.anna.active"]["text"]) == (True, "yes")
    assert found["agents.anna.team"]["text"] == "Care"
    assert found["pause_reasons.lunch.limit"]["text"] == "45 min"
    assert found["quotas.team.Care.day.conversion"]["from"] == "2026-11-01"
    assert "quotas.team.Care.day.revenue" not in found
    assert "clients.Aurora" in found
    assert {name.split(".")[0] for name in found} == {
        "database", "refresh_seconds", "ascii", "mouse", "report_folder", "theme", "site", "alarms",
        "clients", "alarm_signal", "teams", "queues", "campaigns", "agents", "pause_reasons", "contact_reasons",
        "quotas", "opening_hours", "holidays",
    }  # fmt: skip


def test_a_quota_to_come_is_shown_beside_the_present_one(site: Path) -> None:
    found = json.loads(done("config", "show", "--json", "--db", site, "quotas.centre"))["settings"]
    assert [(each["value"], each["from"]) for each in found] == [(900, "2026-10-01"), (1000, "2026-12-01")]


def test_a_name_narrows_what_is_shown(site: Path) -> None:
    assert set(shown(site, "theme")) == {"theme"}
    assert {name.split(".")[1] for name in shown(site, "queues.Sales")} == {"Sales"}
    assert set(shown(site, "Pause-Reasons.lunch.limit")) == {"pause_reasons.lunch.limit"}
    assert done("config", "show", "--db", site, "queues.Sales.service_level_target").splitlines() == [
        "queues.Sales.service_level_target  80 %  default  0.85 or 85 %",
        "    share to be answered in time, such as 0.8",
    ]


def test_a_limit_of_alarms_that_is_not_set_says_which_one_holds(site: Path) -> None:
    assert done("config", "show", "--db", site, "queues.Sales.talk_limit").splitlines()[0] == (
        f"queues.Sales.talk_limit  {UNKNOWN}  default: the team's, else alarms.talk  20 s, 15 min or 1:30"
    )
    line = done("config", "show", "--db", site, "alarms.longest_wait").splitlines()[0]
    assert line.startswith(f"alarms.longest_wait  {UNKNOWN}  default: three service level thresholds of each queue  ")
    assert "default: alarms.pause " in done("config", "show", "--db", site, "teams.Care.pause_limit")
    assert f"{UNKNOWN}  default  " in done("config", "show", "--db", site, "site.margin")
    limits = {
        (section, name)
        for section, spec in SECTIONS.items()
        for name, column in own_columns(spec).items()
        if column.default is None and (section == "alarms" or name.endswith("limit"))
    }
    assert set(LIMITS_INSTEAD) == limits


def test_on_a_narrow_terminal_what_else_a_value_could_be_has_its_own_line(site: Path) -> None:
    found = list(actions.in_force(site, ("alarms",)))
    assert list(listing.lines(found, 80))[:6] == [
        f"alarms.longest_wait          {UNKNOWN}       default: three service level thresholds of each queue",
        "    20 s, 15 min or 1:30",
        "alarms.nobody_on_phones      10 s    default   20 s, 15 min or 1:30",
        "alarms.short_of_agents       5 min   default   20 s, 15 min or 1:30",
        "alarms.calm                  10 min  default   20 s, 15 min or 1:30",
        "alarms.service_level_visits  10      default   whole number",
    ]
    assert list(listing.lines(found, 200)) == list(listing.lines(found))


def test_settings_are_shown_without_a_database(tmp_path: Path) -> None:
    run = ccmon("config", "show", "--db", tmp_path / "none.db")
    assert run.returncode == 1
    assert "theme" in run.stdout
    assert "There is no database" in run.stderr
    first, second = done("config", "show", "theme", CCMON_THEME="dark").splitlines()
    assert first == "theme  dark  CCMON_THEME  terminal, dark or light"
    assert second == "    colours of the monitor; terminal: those of the terminal"


ACCEPTED = [
    ("site.name", "Branch", "Branch"),
    ("site.day_starts", "4:00", "04:00"),
    ("site.currency", "usd", "USD"),
    ("site.follow_up_grace", "00:20", "20 s"),
    ("site.margin", "45 %", "0.45"),
    ("site.incrementality", "0,9", "0.9"),
    ("teams.Care.client", "Castellane", "Castellane"),
    ("queues.Sales NL.purpose", "Retention", "retention"),
    ('queues."Sales NL".service_level_target', "85%", "0.85"),
    ("queues.quiet.service_level_threshold", "30s", "30 s"),
    ("queues.quiet.short_abandon", "1.5 s", "1.5 s"),
    ("queues.quiet.handling_target", "4:30", "4:30"),
    ("campaigns.Winter.ends_on", "2026-12-31", "2026-12-31"),
    ("agents.anna.hourly_cost", "41", "41.00"),
    ("agents.anna.hourly_cost", "41.5 EUR", "41.50"),
    ("agents.anna.active", "no", "no"),
    ("agents.1002.team", "Care", "Care"),
    ("pause_reasons.lunch.limit", "60 min", "1 h"),
    ("pause_reasons.coaching.paid", "false", "no"),
    ("contact-reasons.Bill.is-problem", "yes", "yes"),
    ("quotas.team.Care.day.sales", "40", "40"),
    ("quotas.agent.anna.week.revenue", "1,250.50", "1250.50"),
    ("quotas.centre.day.conversion", "0.2", "0.2"),
    ("opening_hours.tuesday", "9-17.30", "09:00-17:30"),
    ("Opening-Hours.monday", "13:30-18:00, 9:00-12:30", "09:00-12:30, 13:30-18:00"),
    ("opening_hours.saturday", "22:00-06:00", "22:00-06:00"),
    ("opening_hours.saturday", "0:00-24:00", "24 h"),
    ("opening_hours.saturday", "18:00-00:00", "18:00-24:00"),
    ("opening_hours.saturday", "Closed", "closed"),
    ("quotas.centre.day.2026-11-23.conversion", "0.2", "0.2"),
]


IN_PERCENT = {"0.2": "20 %", "0.45": "45 %", "0.85": "85 %", "0.9": "90 %"}
"""How people are shown a share."""


@pytest.mark.parametrize(("name", "value", "text"), ACCEPTED)
def test_what_is_set_is_shown(held_site: Path, name: str, value: str, text: str) -> None:
    said = change(held_site, "set", name, value)
    told = IN_PERCENT.get(text, text)
    assert f" {told}" in said
    plain = name.replace(".2026-11-23", "").replace("-", "_")
    (found,) = [each for each in shown(held_site, plain).values() if each["text"] is not None]
    assert found["text"] == text
    assert change(held_site, "set", name, text) == f"{found['name']} is {told} already.\n"
    with closing(database_file.open_reader(held_site)) as connection:
        assert totals.check(connection) == []


WRONG = [
    (("set", "thme", "dark"), "there is no setting thme; did you mean theme?"),
    (("set", "theme", "drak"), "theme cannot be 'drak'; it must be terminal, dark or light; did you mean dark?"),
    (("set", "refresh_seconds", "0"), "refresh_seconds cannot be '0'; it must be a number of seconds from 0.2 to 60."),
    (("set", "theme.colour", "x"), "there is no setting theme.colour; did you mean theme?"),
    (("set", "theme", "dark", "--from", "today"), "--from is for what lies in the database"),
    (("set", "theme", "dark", "--new"), "--new is for what lies in the database"),
    (("set", "theme", ""), "a value is missing; to take it away: ccmon config unset theme"),
    (
        ("set", "queue.Sales.purpose", "sales"),
        "there is no setting queue.Sales.purpose; did you mean queues.Sales.purpose?",
    ),
    (("set", "queue.Sales.colour", "sales"), "there is no setting queue.Sales.colour; did you mean queues?"),
    (("set", "queue", "sales"), "there is no setting queue; did you mean queues?"),
    (("set", "alarm.pause", "20 min"), "there is no setting alarm.pause; did you mean alarms.pause?"),
    (("show", "alarm.pasue"), "there is no setting alarm.pasue; did you mean alarms.pause?"),
    (("set", "quota.centre.day.sales", "4"), "there is no setting quota.centre.day.sales; did you mean quotas?"),
    (
        ("set", "queues.Sales.pause_limit", "20 min"),
        "no setting queues.Sales.pause_limit; pauses have teams.NAME.pause_limit and pause_reasons.NAME.limit.",
    ),
    (("show", "queues.Sales.pause"), "pauses have teams.NAME.pause_limit and pause_reasons.NAME.limit."),
    (("set", "queues", "sales"), "queues needs a name: write queues.NAME.client."),
    (("set", "queues.Sales", "sales"), "queues.Sales is no single value: name one, such as queues.Sales.client."),
    (("set", "queues..purpose", "sales"), "a name is missing in 'queues..purpose'; write it as"),
    (("set", "targets.Sales", "90%"), "mean queues.NAME.service_level_target or queues.NAME.handling_target?"),
    (("set", "zone", "UTC"), "there is no setting zone; did you mean site.time_zone?"),
    (("set", "quota", "120"), "there is no setting quota; did you mean quotas?"),
    (("set", "quotas", "120"), "as in quotas.centre.day.sales or quotas.team.NAME.day.sales."),
    (("set", "conversion", "15 %"), "did you mean quotas.centre.day.conversion?"),
    (("show", "conversion"), "did you mean quotas.centre.day.conversion?"),
    (("set", "conversion_target", "15 %"), "did you mean quotas.centre.day.conversion?"),
    (("set", "targets.Sales.conversion", "15 %"), "did you mean quotas.centre.day.conversion?"),
    (("set", "queues.Sales.conversion", "15 %"), "did you mean quotas.centre.day.conversion?"),
    (("show", "queues.Sales.conversion"), "did you mean quotas.centre.day.conversion?"),
    (("set", "teams.Care.conversion", "15 %"), "did you mean quotas.team.Care.day.conversion?"),
    (("set", "quotas.conversion", "15 %"), "did you mean quotas.centre.day.conversion?"),
    (("set", "quotas.team.Care.conversion", "15 %"), "did you mean quotas.team.Care.day.conversion?"),
    (("show", "wait"), "did you mean alarms.longest_wait or queues.NAME.longest_wait_limit?"),
    (("set", "queues.Salse.purpose", "sales"), "there is no queue 'Salse'; did you mean Sales? --new adds 'Salse'."),
    (
        ("set", "queues.zzz.purpose", "sales"),
        "no queue 'zzz'; ccmon config show queues lists them; --new adds 'zzz'.",
    ),
    (("set", "queues.Sales.porpose", "sales"), "no setting queues.Sales.porpose; did you mean queues.Sales.purpose?"),
    (("set", "queues.Sales.xyz", "1"), "there are client, purpose, service_level_threshold, service_level_target,"),
    (("set", "queues.Sales.name", "Sale"), "queues.Sales.name cannot be changed: a queue is known by it."),
    (("set", "queues.Sales.purpose", "slaes"), "must be one of: sales, service, retention; did you mean sales?"),
    (
        ("set", "queues.Sales.client", "Aurura"),
        "there is no client 'Aurura'; did you mean Aurora? --new adds 'Aurura'.",
    ),
    (
        ("set", "queues.Sales.service_level_target", "1.5"),
        "is '1.5', and must be a share from 0 to 1, such as 0.15 or 15 %.",
    ),
    (("set", "queues.Sales.service_level_target", "85"), "is '85', and must be a share: 0.85 or 85 %."),
    (("set", "queues.Saels.service_level_target", "85"), "there is no queue 'Saels'; did you mean Sales?"),
    (("set", "pause_reasons.lunch.limit", "45M"), f"must be a length of time: {LENGTHS}."),
    (("set", "alarms.talk", "0"), "alarms.talk is '0', and must be more than 0 s and at most 168 h."),
    (("set", "alarms.missed_calls", "many"), "must be a whole number of at least 0"),
    (("set", "teams.Care.missed_calls_limit", "0"), "and must be from 1 to 1,000,000,000; 1 is nearest."),
    (("set", "alarms.warp_up", "4 min"), "did you mean alarms.wrap_up?"),
    (("set", "alarms.talk.Sales", "10m"), "no setting alarms.talk.Sales; did you mean queues.Sales.talk_limit?"),
    (("set", "alarms.Wrap-Up.Care", "2 min"), "did you mean teams.Care.wrap_up_limit?"),
    (("set", "alarms.pause.lunch", "2 min"), "did you mean pause_reasons.lunch.limit?"),
    (("set", "alarms.pause.coaching", "2 min"), "did you mean pause_reasons.coaching.limit?"),
    (("set", "alarms.missed_calls.Cart", "3"), "did you mean teams.Care.missed_calls_limit?"),
    (("set", "alarms.talk.Slaes", "9"), "did you mean queues.Sales.talk_limit?"),
    (("set", "alarms.Sales.talk", "9"), "did you mean queues.Sales.talk_limit?"),
    (("set", "alarms.Slaes.tlak", "9"), "did you mean queues.Sales.talk_limit?"),
    (("set", "alarms.sales.talk-limit", "9"), "did you mean queues.Sales.talk_limit?"),
    (("set", "alarms.wait.quiet", "9"), "did you mean queues.quiet.longest_wait_limit?"),
    (("set", "talk.Sales", "9"), "did you mean queues.Sales.talk_limit?"),
    (("set", "Sales.talk", "9"), "did you mean queues.Sales.talk_limit?"),
    (("set", "Sales.talk", "9", "--user"), "there is no setting Sales.talk; did you mean queues.Sales.talk_limit?"),
    (("show", "Care.pause"), "did you mean pause_reasons.Care.limit or teams.Care.pause_limit?"),
    (("set", "alarms.lunhc.pause", "9"), "did you mean pause_reasons.lunch.limit?"),
    (("set", "alarms.Sales.colour", "9"), "there is no setting alarms.Sales.colour; there are longest_wait,"),
    (("set", "alarms.longest_wait.Sales NL", "30"), 'did you mean queues."Sales NL".longest_wait_limit?'),
    (("set", "alarms.pause.nobody", "5 min"), "mean pause_reasons.nobody.limit or teams.nobody.pause_limit?"),
    (("set", "alarms.talk.Sales", "10m", "--user"), "mean queues.Sales.talk_limit or teams.Sales.talk_limit?"),
    (("unset", "alarms.talk.Sales"), "did you mean queues.Sales.talk_limit?"),
    (("show", "alarms.talk.Sales"), "did you mean queues.Sales.talk_limit?"),
    (("set", "alarms.data_age.Sales", "10 min"), "did you mean alarms.data_age?"),
    (("set", "pause_reasons.Lunhc.limit", "30m"), "there is no pause reason 'Lunhc'; did you mean lunch? --new adds"),
    (
        ("set", "queues.Sales.service_level_target", "850 %"),
        "must be a share of at most 100 %, such as 15 %; did you mean 85 %?",
    ),
    (
        ("set", "agents.anna.hourly_cost", "999999999999"),
        "must be from 0.00 to 100,000,000,000.00; 100,000,000,000.00 is nearest.",
    ),
    (("set", "queues.Sales.service_level_target", "0.9", "--from", "soon"), "--from is 'soon', and must be today,"),
    (("set", "queues.Sales.service_level_target", "0.9", "--from", "2027-01-01"), "give the command on that day."),
    (("set", "queues.Sales.purpose", "sales", "--from", "today"), "--from is for quotas and the targets of queues"),
    (
        ("set", 'teams."A\\u0000b".client', "Aurora", "--new"),
        r'teams."A\u0000b" cannot be added: its name is '
        "'A\\x00b', which has the control character '\\x00'; take it out.",
    ),
    (
        ("set", "agents.anna.name", "An\tna"),
        "agents.anna.name is 'An\\tna', which has the control character '\\t'; take",
    ),
    (("set", "queues.Sales.purpose", "sales", "--site"), "--site and --user are for settings in a file"),
    (("set", "queues.Sales.short_abandon", "soon"), "is 'soon', and must be a length of time"),
    (("set", "queues.Sales.short_abandon", "9 days"), "is '9 days', and must be from 0 s to 168 h; 168 h is nearest."),
    (("set", "alarms.talk", "4 minuten"), f"must be a length of time: {LENGTHS}."),
    (("set", "queues.Sales.short_abandon", "200 h"), "and must be from 0 s to 168 h"),
    (("set", "agents.anna.active", "maybe"), "agents.anna.active is 'maybe', and must be yes or no."),
    (("set", "agents.anna.hourly_cost", "32 USD"), "is '32 USD', and the site counts in EUR."),
    (("set", "agents.anna.hourly_cost", "a lot"), "is 'a lot', and must be an amount such as 1234.50."),
    (("set", "agents.ana.team", "Care"), "there is no agent 'ana'; did you mean anna? --new adds 'ana'."),
    (("set", "clients.Aurora.name", "Aurora BV"), "clients have nothing to set but their names"),
    (("set", "campaigns.Winter.ends_on", "2026-10-01"), "campaigns.Winter: ends_on (2026-10-01) lies before"),
    (("set", "campaigns.Winter.ends_on", "31-12-2026"), "is '31-12-2026', and must be a date such as 2026-11-23."),
    (("set", "pause_reasons.lunhc.limit", "45 min"), "there is no pause reason 'lunhc'; did you mean lunch? --new"),
    (("set", "site.time_zone", "Europe/Pariss"), "did you mean Europe/Paris?\n"),
    (("set", "site.day_starts", "04:10"), "quarters of an hour, such as 04:00 or 22:30; did you mean 04:15?"),
    (("set", "site.currency", "euro"), "is 'euro', and must be a code of three letters such as EUR."),
    (("set", "site.id", "2"), "there is no setting site.id; there are name, time_zone"),
    (
        ("set", "opening_hours.mondy", "9-17"),
        "there is no setting opening_hours.mondy; did you mean opening_hours.monday?",
    ),
    (("set", "opening_hours", "mon-fri nine"), "opening_hours: 'nine' cannot be understood; write the hours of a week"),
    (("set", "clients", "x"), "clients needs a name: write clients.NAME."),
    (("show", "opening_hours.mondy"), "did you mean opening_hours.monday?"),
    (("unset", "agents"), "agents cannot be unset as a whole: one is removed by its name"),
    (("unset", "opening_hours", "--from", "today"), "--from is for quotas and the targets of queues"),
    (("unset", "alarms", "--user", "--from", "today"), "--from is for what lies in the database, and alarms lies in a"),
    (("unset", "alarms", "--site"), "limits of alarms for everybody lie in the database: leave --site out"),
    (("set", "holidays", "closed"), "holidays needs a day: write holidays.2026-12-25."),
    (("set", "opening_hours.monday", "nine"), "is 'nine', which cannot be understood; give hours such as 09:00-12:30,"),
    (("set", "opening_hours.monday", "9-12, 11-13"), "is '9-12, 11-13', which has spans that overlap; give hours such"),
    (("set", "opening_hours.weekdays", "25-26"), "opening_hours.monday is '25-26', which has a time that is none"),
    (("set", "holidays.christmas", "Christmas"), "the day is 'christmas', and must be a date such as 2026-11-23."),
    (("set", "holidays.2026-02-30", "closed"), "the day is '2026-02-30', and there is no such day (year-month-day)."),
    (("set", "campaigns.Winter.ends_on", "2026-23-11"), "is '2026-23-11', and there is no such day (year-month-day)."),
    (
        ("set", "queues.Sales.service_level_target", "0.9", "--from", "2026-02-30"),
        "--from is '2026-02-30', and there is no such day (year-month-day).",
    ),
    (("unset", "teams.Night.client"), "there is no team 'Night'; ccmon config show teams lists them.\n"),
    (("unset", "holidays.2026-12-26.hours"), "no holiday '2026-12-26'; did you mean 2026-12-25?"),
    (("set", "quotas", "2"), "quotas needs a scope: centre, client, team, agent, campaign"),
    (("set", "quotas.tema.Care.day.sales", "4"), "there is no scope tema; did you mean team?"),
    (("set", "quotas.team", "4"), "quotas.team needs the name of the team: quotas.team.NAME.day.sales."),
    (("set", "quotas.team.Care.dya.sales", "4"), "there is no period dya; did you mean day?"),
    (
        ("set", 'agents."Anna de Vries".team', "Care", "--new"),
        'agents."Anna de Vries" cannot be added: an agent is called so already; name agents.anna.',
    ),
    (
        ("set", 'agents."PJSIP/1001".team', "Care", "--new"),
        'agents."PJSIP/1001" cannot be added: an agent is called so already; name agents.anna.',
    ),
    (("set", "quotas.team.Cart.day.sales", "4"), "there is no team 'Cart'; did you mean Care? --new adds 'Cart'."),
    (("set", "quotas.team.Care.day.sales", "-4"), "is '-4', and must be from 0 to 1,000,000,000; 0 is nearest."),
    (("set", "alarms.talk", "-3 min"), "alarms.talk is '-3 min', and must be more than 0 s and at most 168 h."),
    (("set", "quotas.team.Care.day.sales", "--four"), "No such option"),
    (("set", "quotas.team.Care.day.sales", "4.5"), "is '4.5', and must be a whole number of at least 0."),
    (("set", "quotas.team.Care.day.2026-02-30.sales", "4"), "the day is '2026-02-30', and there is no such day"),
    (("unset", "queues.Slaes.purpose"), "there is no queue 'Slaes'; did you mean Sales?"),
    (("unset", "queues.Slaes"), "there is no queue 'Slaes'; did you mean Sales?"),
    (("unset", "queues.Sales"), "queues.Sales cannot be removed: 12 calls refer to it."),
    (("unset", "teams.Care"), "teams.Care cannot be removed: 1 agent and 1 quota refer to it; first unset agents."),
    (("unset", "site.time_zone"), "a site needs a time zone"),
    (("show", "quees"), "there is no setting quees; did you mean queues?"),
    (("show", "queues.Salse"), "there is no setting queues.Salse; did you mean queues.Sales?"),
    (("show", "queues.Sales.purpos"), "did you mean queues.Sales.purpose?"),
    (("show", "theme.x"), "there is no setting theme.x; did you mean theme?"),
]


@pytest.mark.parametrize(("words", "said"), WRONG)
def test_who_errs_is_told_in_one_sentence_and_nothing_changes(site: Path, words: tuple[str, ...], said: str) -> None:
    before = site.read_bytes()
    assert said in one_line(ccmon("config", *words, "--db", site), 2) + "\n"
    assert site.read_bytes() == before


def test_without_a_command_the_help_is_printed() -> None:
    run = ccmon("config")
    assert run.returncode == 2
    assert "Usage: ccmon config" in run.stdout + run.stderr
    for command in ("show", "set", "unset", "export", "apply"):
        assert "Examples:" in done("config", command, "--help")


def test_a_target_of_a_queue_without_calls_today_says_what_of_earlier_days(site: Path) -> None:
    with closing(database_file.open_writer(site)) as connection:
        connection.execute("INSERT INTO queues (id, name) VALUES (77, 'Mail'), (78, 'Fax')")
        connection.execute("INSERT INTO queue_days SELECT 77, min(starts_at), 20000, 0.8, 5000 FROM business_days")
    said = change(site, "set", "queues.Mail.service_level_threshold", "30 s")
    assert said.splitlines() == [
        "queues.Mail.service_level_threshold: 20 s → 30 s",
        "queues.Mail.service_level_threshold counts from today on; earlier days keep what they were counted with: add "
        "--from and the first of them to count them anew.",
    ]
    said = change(site, "set", "queues.Mail.service_level_threshold", "20 s")
    assert said == "queues.Mail.service_level_threshold: 30 s → 20 s\n", "as earlier days have it"
    said = change(site, "set", "queues.Fax.service_level_target", "85 %")
    assert said == "queues.Fax.service_level_target: 80 % → 85 %\n", "it has no earlier days"
    for column, value in (("service_level_target", "0.85"), ("short_abandon", "6 s")):
        assert "counts from today on" in change(site, "set", f"queues.Mail.{column}", value)


def test_a_target_counts_from_tomorrow_on_unless_today_is_meant(site: Path) -> None:
    said = change(site, "set", "queues.Sales.service_level_threshold", "10 s")
    assert said.splitlines() == [
        "queues.Sales.service_level_threshold: 20 s → 10 s",
        "queues.Sales.service_level_threshold counts from tomorrow on; today has had calls, and keeps 20 s: "
        "add --from today to count today anew, or --from and an earlier day for days before it.",
    ]
    found = shown(site, "queues.Sales.service_level_threshold")["queues.Sales.service_level_threshold"]
    assert (found["text"], found["today"]) == ("10 s", "20 s")
    assert "from tomorrow on, today 20 s" in done("config", "show", "queues.Sales", "--db", site)
    assert in_threshold(site) == 2
    said = change(site, "set", "queues.Sales.service_level_threshold", "10 s", "--from", "today")
    assert said == "queues.Sales: today counted anew.\n"
    assert in_threshold(site) == 1
    assert in_threshold(site, "2026-11-22T23:00") == 2
    with closing(database_file.open_reader(site)) as connection:
        assert totals.check(connection) == []
    found = shown(site, "queues.Sales.service_level_threshold")["queues.Sales.service_level_threshold"]
    assert found["today"] is None


def in_threshold(site: Path, at: str = "2026-11-23T12:00") -> int:
    found = queue(site, "Sales", "--at", at)
    assert found is not None
    count = found["answered_in_threshold"]
    assert isinstance(count, int)
    return count


def test_a_target_may_count_from_an_earlier_day_on(site: Path) -> None:
    said = change(site, "set", "queues.Sales.service_level_threshold", "30 s", "--from", "2026-11-22")
    assert said.splitlines() == [
        "queues.Sales.service_level_threshold: 20 s → 30 s",
        "queues.Sales: 2 days counted anew.",
    ]
    assert [in_threshold(site, f"2026-11-{day}T23:00") for day in (21, 22)] == [2, 3]
    assert in_threshold(site) == 3
    with closing(database_file.open_reader(site)) as connection:
        assert totals.check(connection) == []


def test_other_targets_of_a_day_stay_as_they_were_at_its_first_call(site: Path) -> None:
    change(site, "set", "queues.Sales.service_level_target", "0.9")
    change(site, "set", "queues.Sales.short_abandon", "3 s", "--from", "today")
    today = rows(site, f"SELECT service_level_target, short_abandon_ms FROM queue_days WHERE day_at > {NOON - DAY}")
    assert today == [(0.8, 3000)]


def test_a_target_from_tomorrow_on_leaves_today_alone_before_its_first_call(site: Path) -> None:
    change(site, "set", "queues.quiet.service_level_target", "0.9", "--from", "tomorrow")
    assert rows(site, "SELECT service_level_target FROM queue_days WHERE queue_id = 3") == [(0.8,)]
    assert "today" not in change(site, "set", "queues.Sales NL.service_level_target", "0.9")
    assert rows(site, "SELECT * FROM queue_days WHERE queue_id = 2") == []


def test_days_with_targets_of_their_own_keep_them(site: Path) -> None:
    with closing(database_file.open_writer(site)) as connection:
        connection.execute(
            "INSERT INTO queue_days SELECT 1, starts_at, 5000, 0.5, 5000 FROM business_days WHERE date = '2026-12-24'"
        )
    said = change(site, "set", "queues.Sales.service_level_target", "0.9", "--from", "today")
    assert "queues.Sales: targets set in advance are kept: 2026-12-24." in said
    assert rows(site, "SELECT service_level_target FROM queue_days ORDER BY day_at DESC LIMIT 2") == [(0.5,), (0.9,)]


async def test_an_open_monitor_shows_changes_at_its_next_poll(site: Path) -> None:
    reader = LiveReader(site)
    try:
        first = await reader.snapshot()
        change(site, "set", "queues.Sales.service_level_target", "0.95", "--from", "today")
        change(site, "set", "queues.Sales.service_level_threshold", "10 s", "--from", "today")
        change(site, "set", "pause_reasons.lunch.limit", "50 min")
        change(site, "set", "queues.Sales.talk_limit", "7 min")
        change(site, "set", "alarms.wrap_up", "4 min")
        change(site, "unset", "queues.quiet")
        change(site, "unset", "agents.1002")
        second = await reader.snapshot()
    finally:
        await reader.close()
    assert [[each.name for each in one.queues].count("quiet") for one in (first, second)] == [1, 0]
    assert [[each.login for each in one.agents].count("1002") for one in (first, second)] == [1, 0]
    before, after = (next(each for each in one.queues if each.name == "Sales") for one in (first, second))
    assert (before.service_level_target, after.service_level_target) == (0.8, 0.95)
    assert (before.answered_in_threshold, after.answered_in_threshold) == (2, 1)
    assert second.alarm_limits.of_reason("lunch") == 50 * 60_000
    assert second.alarm_limits.of_agent("talk_ms", "Care", queue="Sales") == 7 * 60_000
    assert (second.alarm_limits.wrap_up_ms, second.alarm_limits.talk_ms) == (4 * 60_000, 20 * 60_000)


async def test_own_limits_are_for_ones_own_screens_alone(site: Path, tmp_path: Path) -> None:
    places = {"CCMON_SITE_DIR": str(tmp_path / "etc"), "XDG_CONFIG_HOME": str(tmp_path / "home")}
    file = tmp_path / "home" / "ccmon" / "settings.toml"
    said = done("config", "set", "alarms.Missed-calls", "2", "--user", **places)
    assert said == f"alarms.missed_calls: {UNKNOWN} → 2 in {file}\n", "no database"
    done("config", "set", "alarms.pause", "3 min", "--user", **places)
    assert file.read_text() == '[alarms]\nmissed_calls = 2\npause = "3 min"\n'
    done("config", "unset", "alarms.pause", "--user", **places)
    own = ("alarms.pause", "--user", "--db", str(site))
    said = done("config", "set", *own[:1], "60 s", *own[1:], **places)
    assert said == f"alarms.pause: 20 min (the site's) → 1 min in {file}\n"
    assert done("config", "unset", *own, **places) == f"alarms.pause: 1 min → 20 min (the site's) in {file}\n"
    done("config", "set", "alarms.pause", "90 s", "--user", **places)
    shown = done("config", "show", "alarms.pause", "--db", str(site), **places)
    assert shown.splitlines()[0].startswith(f"alarms.pause  90 s  {file}, the site's: 20 min (default)")
    said = done("config", "set", "alarms.pause", "4 min", "--db", str(site), **places)
    assert said.splitlines()[1] == f"On your screens {file} overrides alarms.pause."
    (found,) = json.loads(done("config", "show", "alarms.pause", "--json", "--db", str(site), **places))["settings"]
    assert (found["value"], found["site"]) == (90, {"text": "4 min", "value": 240, "origin": "database"})
    assert 'pause = "4 min"' in done("config", "export", "-", "--db", str(site), **places), "the site's"
    for at in (None, 1_795_431_600_000):
        reader = LiveReader(site, {"pause_ms": 90_000})
        try:
            limits = (await reader.snapshot(at)).alarm_limits
            await reader.wait_for_periodic()
            assert (await reader.snapshot(at)).periodic_at is not None
        finally:
            await reader.close()
        assert limits.of_agent("pause_ms", "Care", reason="lunch") == 90_000, "before the reason's"
        assert limits.of_reason("lunch") == 45 * 60_000, "what a promise is judged by stays"
    done("config", "unset", "alarms.pause", "--user", **places)
    done("config", "unset", "alarms.missed_calls", "--user", **places)
    shown = done("config", "show", "alarms.pause", "--db", str(site), **places)
    assert shown.split()[1:4] == ["4", "min", "database"]
    assert done("config", "unset", "alarms.pause", "--user", **places) == f"alarms.pause is not set in {file}.\n"


def test_own_limits_in_the_file_of_everybody_are_told(site: Path, tmp_path: Path) -> None:
    places = {"CCMON_SITE_DIR": str(tmp_path / "etc"), "XDG_CONFIG_HOME": str(tmp_path / "home"), "CCMON_DB": str(site)}
    of_all, own = tmp_path / "etc" / "settings.toml", tmp_path / "home" / "ccmon" / "settings.toml"
    of_all.parent.mkdir()
    of_all.write_text('[alarms]\npause = "7 min"\nmissed_calls = 4\n')
    by_all = f"alarms.pause is 7 min on your screens, by {of_all}; take it out of that file."
    shown = done("config", "show", "alarms.pause", **places)
    assert shown.splitlines()[0].startswith(f"alarms.pause  7 min  {of_all}, the site's: 20 min (default)")
    said = done("config", "unset", "alarms.pause", "--user", **places)
    assert said.splitlines() == [f"alarms.pause is not set in {own}.", by_all]
    said = done("config", "set", "alarms.pause", "3 min", "--user", **places)
    assert said == f"alarms.pause: 7 min ({of_all}) → 3 min in {own}\n"
    said = done("config", "unset", "alarms.pause", "--user", **places)
    assert said.splitlines() == [f"alarms.pause: 3 min → 7 min ({of_all}) in {own}", by_all]
    said = done("config", "unset", "alarms", "--user", **places)
    missed = by_all.replace("pause is 7 min", "missed_calls is 4")
    assert said.splitlines() == ["Nothing of alarms is set.", by_all, missed]
    said = done("config", "set", "alarms.pause", "4 min", **places)
    assert said.splitlines()[1] == f"On your screens {of_all} overrides alarms.pause."


def test_who_may_not_change_a_limit_of_the_site_is_told_of_limits_of_ones_own(
    site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    change(site, "set", "alarms.talk", "9 min")
    monkeypatch.setattr(os, "access", lambda _, asked, **__: asked != os.W_OK)
    refused = f"ccmon: {site} {MAY_ONLY_READ}"
    for words, more in (
        (("set", "alarms.pause", "9 min"), " With --user it is a limit for your own screens alone."),
        (("unset", "alarms.talk"), " With --user it is a limit for your own screens alone."),
        (("unset", "alarms", "--yes"), " With --user it is a limit for your own screens alone."),
        (("set", "site.name", "Branch"), ""),
    ):
        run = ccmon("config", *words, "--db", site)
        assert (run.returncode, run.stderr) == (1, f"{refused}{more}\n")


def test_status_goes_by_own_limits(site: Path, tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    with closing(database_file.open_writer(site)) as connection:
        connection.execute(
            "INSERT INTO agent_states (agent_id, state, reason, started_at)"
            " SELECT 1, 'paused', 'tea', floor_at - 600000 FROM clock"
        )

    def alerts() -> set[str]:
        floor = json.loads(done("status", "--json", "--db", str(site), CCMON_SETTINGS=str(file)))
        return {alert["rule"] for alert in floor["alerts"]}

    file.write_text("")
    assert "pause" not in alerts()
    file.write_text('[alarms]\npause = "9 min"\n')
    assert "pause" in alerts()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("alarms = 3\n", "alarms must be a table: write [alarms] above its limits."),
        ("[alarms]\nwrapup = 3\n", "there is no setting alarms.wrapup; did you mean wrap_up?"),
        ('[alarms]\ntalk = "3 M"\n', f"alarms.talk is '3 M', and must be a length of time: {LENGTHS}."),
        ("[alarms]\ntalk = 5\n", "alarms.talk is '5' without a unit: write 5 s or 5 min."),
        ("[alarms]\ntalk = 0\n", "alarms.talk is '0', and must be more than 0."),
        ("[alarms]\nmissed_calls = true\n", "alarms.missed_calls is 'True', and must be a whole number of at least 0."),
    ],
)
def test_own_limits_that_make_no_sense_are_told(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "settings.toml"
    file.write_text(text)
    line = one_line(ccmon("config", "show", "theme", CCMON_SETTINGS=str(file)))
    assert line == f"ccmon: {file}: {said}"


def test_options_for_limits_that_mean_nothing_are_refused(site: Path, tmp_path: Path) -> None:
    places = {"CCMON_SETTINGS": str(tmp_path / "settings.toml")}
    line = one_line(ccmon("config", "set", "alarms.talk", "9 min", "--site", "--db", str(site), **places), 2)
    assert "lie in the database: leave --site out" in line
    (tmp_path / "settings.toml").touch()
    line = one_line(ccmon("config", "set", "alarms.tolk", "9 min", "--user", **places), 2)
    assert "did you mean alarms.talk?" in line
    line = one_line(ccmon("config", "set", "alarms.talk", "9 M", "--user", **places), 2)
    assert "must be a length of time" in line


def test_limits_of_alarms_are_set_shown_and_taken_away(site: Path) -> None:
    assert change(site, "set", "alarms.wrap_up", "4 min") == "alarms.wrap_up: 3 min → 4 min\n"
    assert shown(site)["alarms.wrap_up"]["origin"] == "database"
    assert change(site, "set", "alarms.longest_wait", "90 s") == f"alarms.longest_wait: {UNKNOWN} → 90 s\n"
    assert change(site, "set", "teams.Care.missed_calls_limit", "2").endswith(f": {UNKNOWN} → 2\n")
    assert rows(site, "SELECT wrap_up_ms, longest_wait_ms, talk_ms FROM alarm_limits") == [(240_000, 90_000, 1_200_000)]
    assert change(site, "unset", "alarms.wrap_up") == "alarms.wrap_up: 4 min → 3 min\n"
    assert change(site, "unset", "alarms.longest_wait") == f"alarms.longest_wait: 90 s → {UNKNOWN}\n"
    assert shown(site)["alarms.wrap_up"]["origin"] == "default"


def test_a_new_database_has_the_usual_limits(site: Path) -> None:
    with closing(sqlite3.connect(site)) as connection, connection:
        connection.execute("INSERT INTO alarm_limits (id) VALUES (1)")
    names = ", ".join(SiteLimits.__struct_fields__)
    assert SiteLimits(*rows(site, f"SELECT {names} FROM alarm_limits")[0]) == SiteLimits()


def test_a_quota_holds_from_its_day_and_keeps_what_else_was_asked(site: Path) -> None:
    said = change(site, "set", "quotas.team.Care.day.sales", "40", "--from", "2026-12-01")
    assert said == "quotas.team.Care.day.sales: 30 → 40 from 2026-12-01 on\n"
    quotas = "SELECT starts_on, sales, conversion FROM quotas WHERE scope = 'team' ORDER BY 1"
    assert rows(site, quotas) == [("2026-11-01", 30, 0.25), ("2026-12-01", 40, 0.25)]
    said = change(site, "set", "quotas.team.Care.day.sales", "35")
    assert said.splitlines() == [
        "quotas.team.Care.day.sales: 30 → 35 from 2026-11-23 on",
        "quotas.team.Care.day: another quota holds from 2026-12-01 on.",
    ]
    change(site, "unset", "quotas.team.Care.day.sales", "--from", "tomorrow")
    change(site, "unset", "quotas.team.Care.day.conversion", "--from", "2026-11-24")
    assert rows(site, quotas)[1:3] == [("2026-11-23", 35, 0.25), ("2026-11-24", None, None)]
    change(site, "set", "quotas.team.Care.week.sales", "7")
    change(site, "unset", "quotas.team.Care.week.sales")
    assert rows(site, "SELECT * FROM quotas WHERE period = 'week'") == []


def test_what_is_not_there_is_added_if_asked(site: Path) -> None:
    said = change(site, "set", "agents.zoe.team", "Night", "--new")
    assert said.splitlines() == ["teams.Night: new", "agents.zoe.team: Night (new)"]
    assert rows(site, "SELECT login, t.name FROM agents a JOIN teams t ON t.id = team_id WHERE login = 'zoe'") == [
        ("zoe", "Night")
    ]
    change(site, "set", "quotas.campaign.Spring.month.revenue", "5000", "--new")
    assert rows(site, "SELECT revenue_cents FROM quotas WHERE scope = 'campaign'") == [(500_000,)]


def test_a_terminal_without_utf_8_gets_ascii(site: Path) -> None:
    command = [sys.executable, "-m", "ccmon", "config", "set", "site.margin", "0.4", "--db", str(site)]
    run = subprocess.run(command, env=terminal_environment(PYTHONIOENCODING="latin-1"), capture_output=True, check=True)
    assert run.stdout == b"site.margin: - -> 40 %\n"


def test_a_section_without_rows_is_told(tmp_path: Path) -> None:
    path = new_database(tmp_path / "empty.db", time_zone="UTC")
    run = ccmon("config", "show", "queues", "--db", path)
    assert (run.returncode, run.stdout, run.stderr) == (0, "", "There are none yet.\n")
    assert shown(path, "queues") == {}


def test_an_agent_is_known_by_each_of_his_names(site: Path) -> None:
    assert change(site, "set", "agents.Anna de Vries.team", "Sales Team") == "agents.anna.team: Care → Sales Team\n"
    assert change(site, "set", "agents.PJSIP/1001.team", "Care") == "agents.anna.team: Sales Team → Care\n"
    assert change(site, "set", "queues.SALES.purpose", "service") == "queues.Sales.purpose: sales → service\n"


def test_a_value_taken_away_gives_way_to_the_default(site: Path) -> None:
    change(site, "set", "queues.quiet.service_level_threshold", "10 s")
    assert change(site, "unset", "queues.quiet.service_level_threshold") == (
        "queues.quiet.service_level_threshold: 10 s → 20 s\n"
    )
    assert change(site, "unset", "agents.anna.team") == "agents.anna.team: Care → \N{EN DASH}\n"
    assert change(site, "unset", "agents.anna.team") == "agents.anna.team is not set.\n"
    assert change(site, "unset", "site.margin") == "site.margin is not set.\n"
    assert change(site, "unset", "quotas.team.Care.week.sales") == "quotas.team.Care.week.sales is not set.\n"


def test_another_start_of_the_day_counts_all_days_anew(site: Path) -> None:
    said = change(site, "set", "site.day_starts", "12:00")
    assert "Days begin at another time now, those of the past too" in said
    with closing(database_file.open_reader(site)) as connection:
        assert totals.check(connection) == []
    assert rows(site, f"SELECT starts_at FROM business_days WHERE starts_at = {NOON}") == [(NOON,)]


def test_another_time_zone_counts_all_days_anew(site: Path) -> None:
    assert "Days begin at another time now" in change(site, "set", "site.time_zone", "America/New_York")
    with closing(database_file.open_reader(site)) as connection:
        assert totals.check(connection) == []
    (starts_at,) = rows(site, "SELECT starts_at FROM business_days WHERE date = '2026-11-23'")[0]
    assert datetime.fromtimestamp(starts_at / 1000, ZoneInfo("America/New_York")).hour == 0


def test_a_queue_without_calls_is_removed_and_that_is_noted(site: Path) -> None:
    with closing(database_file.open_writer(site)) as connection:
        connection.execute("INSERT INTO queue_members (queue_id, agent_id, started_at) VALUES (2, 1, 5)")
    line = one_line(ccmon("config", "unset", "queues.Sales NL", "--db", site), 2)
    assert 'queues."Sales NL" cannot be removed: 1 membership refers to it.' in line
    done("config", "set", "queues.Calls.service_level_threshold", "30 s", "--new", "--db", site)
    removed = ["queues.Calls.service_level_threshold: 30 s → 20 s", "queues.Calls: removed"]
    assert done("config", "unset", "queues.Calls", "--db", site).splitlines() == removed
    assert rows(site, "SELECT name FROM queues ORDER BY 1") == [("quiet",), ("Sales",), ("Sales NL",)]
    log = json.loads(done("config", "log", "queues.Calls", "--json", "--db", site))["changes"]
    assert [(each["act"], each["kind"], each["name"]) for each in log[-2:]] == [
        ("config unset", "value", "queues.Calls.service_level_threshold"),
        ("config unset", "removed", "queues.Calls"),
    ]


def test_a_queue_whose_calls_are_gone_is_removed_with_its_days(site: Path) -> None:
    with closing(database_file.open_writer(site)) as connection:
        connection.execute("DELETE FROM calls")
    assert done("config", "unset", "queues.Sales", "--db", site).endswith("queues.Sales: removed\n")
    with closing(sqlite3.connect(site)) as connection:
        assert totals.check(connection) == []
        assert connection.execute("SELECT count(*) FROM queue_days").fetchone() == (0,)


ADDED = (
    ("clients.Typo", None),
    ("teams.Typo", ("teams.Typo.client", "Aurora")),
    ("campaigns.Typo", ("campaigns.Typo.purpose", "sales")),
    ("agents.typo", ("agents.typo.team", "Care")),
    ("pause_reasons.luhcn", ("pause_reasons.luhcn.limit", "45 min")),
    ("contact_reasons.Typo", ("contact_reasons.Typo.product", "Phone")),
)
"""What a person adds by a wrong name: the row, and the setting."""


@pytest.mark.parametrize(("row", "added"), ADDED, ids=[row for row, _ in ADDED])
def test_what_was_added_by_a_wrong_name_is_removed_and_that_is_noted(
    site: Path, row: str, added: tuple[str, str] | None
) -> None:
    before = shown(site)
    if added is not None:
        done("config", "set", *added, "--new", "--db", site)
    else:
        with closing(database_file.open_writer(site)) as connection:
            connection.execute("INSERT INTO clients (name) VALUES ('Typo')")
    assert shown(site) != before
    assert done("config", "unset", row, "--db", site).splitlines()[-1] == f"{row}: removed"
    assert shown(site) == before
    log = json.loads(done("config", "log", row, "--json", "--db", site))["changes"]
    assert (log[-1]["act"], log[-1]["kind"], log[-1]["name"]) == ("config unset", "removed", row)
    assert "there is no" in one_line(ccmon("config", "unset", row, "--db", site), 2)


HELD = (
    ("clients.Aurora", "1 team refers to it; first unset teams.Care.client, or all together: "
     "ccmon config unset clients.Aurora --with-references."),
    ("teams.Care", "1 agent and 1 quota refer to it; first unset agents.anna.team, "
     "quotas.team.Care.day.2026-11-01.sales and quotas.team.Care.day.2026-11-01.conversion, or all together: "
     "ccmon config unset teams.Care --with-references."),
    ("campaigns.Winter", "1 sale refers to it."),
    ("agents.anna", "12 calls and 1 state refer to it."),
    ("agents.1002", "1 recorded act refers to it."),
    ("pause_reasons.lunch", "2 pauses and 1 shift refer to it."),
    ("contact_reasons.Bill", "1 call refers to it."),
)  # fmt: skip
"""Rows, and what refers to them."""


def test_what_only_ends_a_quota_keeps_no_row(site: Path) -> None:
    quota = "quotas.team.Night.day.sales"
    change(site, "set", quota, "5", "--new", "--from", "2026-11-10")
    change(site, "unset", quota, "--from", "2026-11-25")
    line = one_line(ccmon("config", "unset", "teams.Night", "--db", site), 2)
    assert line == (
        "ccmon: teams.Night cannot be removed: 1 quota refers to it; first unset "
        "quotas.team.Night.day.2026-11-10.sales, or all together: ccmon config unset teams.Night --with-references."
    )
    said = change(site, "set", quota, "6", "--from", "2026-11-10")
    assert said.splitlines()[1:] == ["quotas.team.Night.day: there is no quota from 2026-11-25 on."]
    said = change(site, "unset", "quotas.team.Night.day.2026-11-10.sales")
    assert said.splitlines() == [f"{quota}: 6 → {UNKNOWN} from 2026-11-10 on"]
    assert change(site, "unset", "teams.Night").splitlines() == [
        "quotas.team.Night.day: removed from 2026-11-10 on",
        "quotas.team.Night.day: removed from 2026-11-25 on",
        "teams.Night: removed",
    ]
    assert rows(site, "SELECT count(*) FROM quotas WHERE scope = 'team' AND scope_id != 1") == [(0,)]


@pytest.mark.parametrize(("more", "end"), [(2, ""), (3, ", 1 more of agents")])
def test_three_settings_of_a_section_that_keep_a_row_are_named(site: Path, more: int, end: str) -> None:
    for number in range(more):
        change(site, "set", f"agents.b{number}.team", "Care", "--new")
    line = one_line(ccmon("config", "unset", "teams.Care", "--db", site), 2)
    assert f"first unset agents.anna.team, agents.b0.team, agents.b1.team{end}, quotas.team.Care.day." in line


def test_quotas_that_keep_a_row_are_named(site: Path) -> None:
    for kind, row in (("team", "Night"), ("agent", "zoe"), ("client", "New"), ("campaign", "Spring")):
        for value, period in ((5, "day"), (6, "week")):
            change(site, "set", f"quotas.{kind}.{row}.{period}.sales", value, "--new")
        name = f"quotas.{kind}.{row}"
        change(site, "set", f"{name}.month.revenue", "70")
        change(site, "set", f"{name}.month.conversion", "0.1")
        assert one_line(ccmon("config", "unset", f"{kind}s.{row}", "--db", site), 2).endswith(
            f"3 quotas refer to it; first unset {name}.day.2026-11-23.sales, {name}.month.2026-11-23.revenue, "
            f"{name}.month.2026-11-23.conversion and 1 more of quotas, or all together: "
            f"ccmon config unset {kind}s.{row} --with-references."
        )
        for each in ("day.sales", "week.sales", "month.revenue", "month.conversion"):
            change(site, "unset", f"{name}.{each}", "--from", "today")
        assert change(site, "unset", f"{kind}s.{row}") == f"{kind}s.{row}: removed\n"


def test_a_team_goes_with_the_settings_that_refer_to_it(site: Path) -> None:
    """Those of each agent, and quotas whatever their day; all or nothing."""
    agents = [f"agents.b{number}.team" for number in range(6)]
    before = shown(site)
    for agent in agents:
        change(site, "set", agent, "Fjell Nord", "--new")
    for value, day in ((5, "2026-11-10"), (6, "2026-11-25")):
        change(site, "set", 'quotas.team."Fjell Nord".day.sales', str(value), "--from", day)
    words = ["config", "unset", 'teams."Fjell Nord"']
    line = one_line(ccmon(*words, "--db", site), 2)
    assert "6 agents and 2 quotas refer to it" in line
    assert line.endswith("""or all together: ccmon config unset 'teams."Fjell Nord"' --with-references.""")
    with_all = shown(site)
    refused = ccmon(*words, "--with-references", "--db", site)
    assert (refused.returncode, "nothing was changed: add --yes" in refused.stderr) == (2, True)
    assert shown(site) == with_all
    said = done(*words, "--with-references", "--yes", "--db", site).splitlines()
    assert said[:6] == [f"{agent}: Fjell Nord → {UNKNOWN}" for agent in agents]
    assert said[-2:] == ['teams."Fjell Nord": removed', "Done."]
    for agent in agents:
        done("config", "unset", agent.removesuffix(".team"), "--db", site)
    assert shown(site) == before
    assert "for a whole row" in one_line(
        ccmon("config", "unset", "agents.anna.team", "--with-references", "--db", site), 2
    )
    assert "there is no team" in one_line(ccmon("config", "unset", "teams.X", "--with-references", "--db", site), 2)


def test_what_is_no_setting_is_not_unset_with_a_row(site: Path) -> None:
    before = shown(site)
    line = one_line(ccmon("config", "unset", "agents.anna", "--with-references", "--yes", "--db", site), 2)
    assert "agents.anna cannot be removed: 12 calls and 1 state refer to it." in line
    assert shown(site) == before


@pytest.mark.parametrize(("row", "why"), HELD, ids=[row for row, _ in HELD])
def test_what_something_refers_to_stays(site: Path, row: str, why: str) -> None:
    with closing(database_file.open_writer(site)) as connection:
        connection.executescript(
            f"""INSERT INTO sales (campaign_id, sold_at, amount_cents) VALUES (1, {NOON}, 100);
            INSERT INTO audit (acted_at, who, act, subject, subject_id, before, after)
            VALUES ({NOON}, 'bert', 'handed_over', 'follow_up', 1, '{{"agent_id":2}}', '{{"agent_id":null}}');
            INSERT INTO agents (login) VALUES ('1003');
            INSERT INTO agent_states (agent_id, state, reason, started_at) VALUES (3, 'paused', 'lunch', {NOON});
            INSERT INTO queue_pauses (queue_id, agent_id, reason, started_at) VALUES (1, 3, 'lunch', {NOON});
            INSERT INTO shifts (agent_id, starts_at, ends_at, activity) VALUES (3, 1, 2, 'Lunch');
            INSERT INTO call_reasons (call_id, reason_id) VALUES (1, 1);"""
        )
    before = shown(site)
    assert f"{row} cannot be removed: {why}" in one_line(ccmon("config", "unset", row, "--db", site), 2)
    assert shown(site) == before


def test_a_file_removes_rows_together_with_what_refers_to_them(site: Path, tmp_path: Path) -> None:
    before = shown(site)
    done("config", "set", "agents.typo.team", "Typo", "--new", "--db", site)
    done("config", "set", "teams.Typo.client", "Tyop", "--new", "--db", site)
    file = tmp_path / "site.toml"
    file.write_text('[clients]\nTyop = ""\n[teams]\nTypo = ""\n[agents]\ntypo = ""\n')
    removed = [f"agents.typo.team: Typo → {UNKNOWN}", "agents.typo: removed", f"teams.Typo.client: Tyop → {UNKNOWN}"]
    removed += ["teams.Typo: removed", "clients.Tyop: removed"]
    said = done("config", "apply", file, "--yes", "--db", site).splitlines()
    assert said == [*removed, "Done."]
    assert shown(site) == before
    log = json.loads(done("config", "log", "--json", "--db", site))["changes"]
    noted = {(each["kind"], each["name"], each["before"]) for each in log if each["act"] == "config apply"}
    assert ("value", "agents.typo.team", "Typo") in noted
    assert ("removed", "clients.Tyop", None) in noted
    assert done("config", "apply", file, "--yes", "--db", site).splitlines()[0] == "Nothing differs."
    file.write_text('[teams]\nCare = ""\n')
    told = ccmon("config", "apply", file, "--yes", "--db", site).stderr.replace("\n", " ")
    assert f"{file}:2: teams.Care cannot be removed: 1 agent and 1 quota refer to it; first unset " in told


def test_past_sales_keep_their_amounts_in_another_currency(site: Path, tmp_path: Path) -> None:
    with closing(database_file.open_writer(site)) as connection:
        connection.execute(
            f"INSERT INTO sales (sold_at, amount_cents, currency) VALUES ({NOON}, 100, NULL), ({NOON}, 100, NULL),"
            f" ({NOON}, 500, 'EUR'), ({NOON}, 700, 'USD')"
        )
    file = tmp_path / "site.toml"
    file.write_text('[site]\ncurrency = "USD"\n')
    notes = [
        "2 sales keep their amounts; they are shown in USD from now on.",
        "1 sale says EUR, and is no part of the revenue any more.",
        "1 sale in USD now counts as revenue.",
    ]
    refused = ccmon("config", "apply", file, "--db", site, stdin="")
    assert refused.stdout.splitlines() == ["site.currency: EUR → USD", *notes]
    assert done("config", "set", "site.currency", "USD", "--db", site).splitlines() == [
        "site.currency: EUR → USD",
        *notes,
    ]
    with closing(sqlite3.connect(site)) as connection:
        assert totals.check(connection) == []
    assert "2 sales keep their amounts; they are shown without a currency from now on." in done(
        "config", "unset", "site.currency", "--db", site
    )


def test_a_site_without_days_may_move(tmp_path: Path) -> None:
    path = new_database(tmp_path / "empty.db", time_zone="UTC")
    assert change(path, "set", "site.time_zone", "Europe/Amsterdam") == "site.time_zone: UTC → Europe/Amsterdam\n"
    (starts_at,) = rows(path, "SELECT starts_at FROM business_days WHERE date = '2026-11-23'")[0]
    assert starts_at == NOON - 12 * 3_600_000
    line = one_line(ccmon("config", "set", "agents.x.hourly_cost", "9 EUR", "--new", "--db", path), 2)
    assert "the site has no currency yet: set site.currency" in line


def test_a_locked_database_is_told_in_one_sentence(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database_file, "_WRITER_TIMEOUT_S", 0.05)
    with closing(sqlite3.connect(site, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        line = one_line(ccmon("config", "set", "site.name", "X", "--db", site))
        assert line == f"ccmon: {site} is locked by another program; try again, or see which program keeps it open."
        assert done("config", "show", "site.name", "--db", site).split()[:3] == ["site.name", "Head", "office"]


def test_applying_asks_first_on_a_terminal(site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "site.toml"
    file.write_text("[queues.Sales]\npurpose = 'service'\n")
    apply = ("config", "apply", file, "--db", site)
    run = ccmon(*apply)
    assert run.returncode == 2
    assert run.stdout == "queues.Sales.purpose: sales → service\n"
    assert "nothing was changed: add --yes" in run.stderr
    monkeypatch.setattr(questions, "can_ask", lambda: True)
    for answer in ("n\n", "", "\n"):
        assert ccmon(*apply, stdin=answer).stdout.endswith("Nothing was changed.\n")
    assert rows(site, "SELECT purpose FROM queues WHERE id = 1") == [("sales",)]
    assert ccmon(*apply, stdin="y\n").stdout.endswith("Done.\n")
    assert rows(site, "SELECT purpose FROM queues WHERE id = 1") == [("service",)]
    assert done(*apply).splitlines()[0] == "Nothing differs."
