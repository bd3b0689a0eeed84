"""Answers about queues and teams, as people type them."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from ccmon.database import database_file
from ccmon.errors import UsageError
from ccmon.setup import opening_hours_answers, overview, parsers, queue_answers, quota_answers, team_answers
from ccmon.setup.discovery import Findings, find
from ccmon.setup.existing import QueueSetup
from ccmon.setup.machine import Machine
from ccmon.setup.question import UNSET, SetupContext
from ccmon.setup.questions import question
from tests.databases import new_database
from tests.setup.machines import machine

NOTHING_KNOWN = SetupContext(Machine(), Findings(), intended_database=Path("/nonexistent"))


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["service"], QueueSetup("Sales", "service", 0.8, 20_000)),
        (["85%", "15s"], QueueSetup("Sales", "sales", 0.85, 15_000)),
        (["0.9", "2m"], QueueSetup("Sales", "sales", 0.9, 120_000)),
    ],
)
def test_a_queues_purpose_share_and_time_may_come_in_any_order(words: list[str], expected: QueueSetup) -> None:
    for typed in (words, words[::-1]):
        answer = queue_answers.change(f"1 {' '.join(typed)}", "Sales=sales,80%,20s", NOTHING_KNOWN)
        assert queue_answers.read(answer) == [expected]


def test_of_two_bare_numbers_none_is_lost() -> None:
    with pytest.raises(UsageError, match="Which of 85 and 15 is the share"):
        queue_answers.change("1 85 15", "Sales=sales,80%,20s", NOTHING_KNOWN)


def with_agents(folder: Path, *logins: str) -> SetupContext:
    """A database that has agents, in no team."""
    path = folder / "calls.db"
    new_database(path, time_zone="UTC")
    with database_file.open_for_writing(path) as connection, connection:
        connection.executemany("INSERT INTO agents (login) VALUES (?)", [(login,) for login in logins])
    return SetupContext(Machine(), Findings(), intended_database=path)


def test_an_extension_without_its_domain_is_no_new_agent(tmp_path: Path) -> None:
    context = with_agents(tmp_path, "1001@default", "1002@default", "1002@other")
    assert team_answers.change("Care: 1001", "", context) == "Care: 1001@default"
    with pytest.raises(
        UsageError, match=r"^There is an agent '1001@default' already: name that one instead of '1001!'"
    ):
        team_answers.change("Care: 1001!", "", context)
    assert team_answers.change("Care: 1002!, 1003!", "", context) == "Care: 1002, 1003"


@pytest.fixture
def known(tmp_path: Path) -> SetupContext:
    return with_agents(tmp_path, "Alice Martin", "Bob O'Brien", "Eve Lévy", "Eve Stone", "Zoë Durand", "agent04")


def test_a_first_name_stands_for_the_only_agent_who_has_it(known: SetupContext) -> None:
    answer = team_answers.change("Care: alice, Bob, agent04", "", known)
    assert answer == "Care: Alice Martin, Bob O'Brien, agent04"
    assert team_answers.change("Care: eve lévy", "", known) == "Care: Eve Lévy"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        (
            "Alice Marten",
            "There is no agent 'Alice Marten'; did you mean 'Alice Martin'? To add a new one: Alice Marten!",
        ),
        ("agent0", "There is no agent 'agent0'; did you mean 'agent04'? To add a new one: agent0!"),
        ("1004", "There is no agent '1004'. To add a new one: 1004!"),
        ("eve", "There is no agent 'eve'. To add a new one: eve!"),
    ],
)
def test_where_agents_are_known_a_new_one_is_added_only_by_an_exclamation_mark(
    known: SetupContext, name: str, said: str
) -> None:
    with pytest.raises(UsageError, match=f"^{re.escape(said)}$"):
        team_answers.change(f"Care: Alice Martin, {name}", "", known)
    assert team_answers.change(f"Care: alice, {name}!", "", known) == f"Care: Alice Martin, {name}"
    assert team_answers.change(f"Care: {name}", "", NOTHING_KNOWN) == f"Care: {name}"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("Zoe", "Zoë Durand"), ("Zoe Durand", "Zoë Durand"), ("eve levy", "Eve Lévy"), ("Bob O", "Bob O'Brien")],
)
def test_a_beginning_with_or_without_accents_stands_for_the_only_agent_who_has_it(
    known: SetupContext, typed: str, meant: str
) -> None:
    assert team_answers.change(f"Care: {typed}", "", known) == f"Care: {meant}"


def test_a_number_stands_for_the_agent_who_has_it_in_a_domain(tmp_path: Path) -> None:
    context = with_agents(tmp_path, "1001@default", "10012@default", "1005@default", "1006@default")
    assert team_answers.change("Care: 1001, 1005", "", context) == "Care: 1001@default, 1005@default"
    with pytest.raises(UsageError, match=r"write commas between them: 1005, 1006\.$"):
        team_answers.change("Care: 1005 1006", "", context)


def test_all_agents_who_are_not_known_are_told_at_once(known: SetupContext) -> None:
    told = "There are no agents 'Ann', 'Alice Marten', '99'; did you mean 'Alice Martin'? "
    with pytest.raises(UsageError, match=f"^{re.escape(told)}To add new ones: Ann!, Alice Marten!, 99!$"):
        team_answers.change("Care: Ann, Zoe, Alice Marten, 99", "", known)


@pytest.mark.parametrize(
    "typed",
    ["2 90% in 30 seconds", "2 90 %, 30 sec", "2 90% within 30seconds", "Support=90% in 0.5 min"],
)
def test_a_target_in_words(typed: str) -> None:
    context = SetupContext(Machine(), Findings(queues=("sales", "Support")), intended_database=Path("/nonexistent"))
    answer = queue_answers.change(typed, queue_answers.default_queues(context), context)
    assert answer.splitlines()[1] == "Support=service,90%,30s"


@pytest.mark.parametrize("typed", ["2 90 15s", "2 sales 90 15s", "2 90 in 15 s"])
def test_a_number_that_may_be_a_share_is_asked_about(typed: str) -> None:
    context = SetupContext(Machine(), Findings(queues=("sales", "Support")), intended_database=Path("/nonexistent"))
    with pytest.raises(UsageError, match="Which of 90 and 15s is it"):
        queue_answers.change(typed, queue_answers.default_queues(context), context)


@pytest.mark.parametrize("separator", [", ", "\n", "; "])
def test_several_queues_may_be_typed_in_one_line(separator: str) -> None:
    typed = separator.join(["sales@default=sales, 90%, 15s", "support@default=service", "Other one=retention"])
    answer = queue_answers.change(typed, "", NOTHING_KNOWN)
    assert answer.splitlines() == [
        "sales@default=sales,90%,15s", "support@default=service,80%,20s", "Other one=retention,80%,20s",
    ]  # fmt: skip
    assert queue_answers.change(answer, answer, NOTHING_KNOWN) == answer


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("slaes", "There is no queue 'slaes'; did you mean 'sales@default'? To add a new one: slaes!=retention"),
        ("sales", "There is no queue 'sales'; did you mean 'sales@default'? To add a new one: sales!=retention"),
        ("600", "There is no queue '600'. To add a new one: 600!=retention"),
    ],
)
def test_where_queues_are_known_a_new_one_is_added_only_by_an_exclamation_mark(name: str, said: str) -> None:
    context = SetupContext(
        Machine(), Findings(queues=("sales@default", "Support")), intended_database=Path("/nonexistent")
    )
    with pytest.raises(UsageError, match=f"^{re.escape(said)}$"):
        queue_answers.change(f"{name}=retention", "", context)
    assert queue_answers.change(f"{name}!=retention", "", context) == f"{name}=retention,80%,20s"
    for known in ("support", "Support!"):
        assert queue_answers.change(f"{known}=retention", "", context) == "Support=retention,80%,20s"
    again = f"{name}=retention,80%,20s"
    assert queue_answers.change(again, again, context) == again


@pytest.mark.parametrize("word", ["none", "remove", "-"])
def test_a_queue_that_was_typed_wrongly_is_taken_off_and_one_of_the_switch_is_not(word: str) -> None:
    answer = "sales=sales,80%,20s\nsuport=service,80%,20s"
    context = SetupContext(Machine(), Findings(queues=("sales",)), intended_database=Path("/nonexistent"))
    assert queue_answers.change(f"2 {word}", answer, context) == "sales=sales,80%,20s"
    with pytest.raises(UsageError, match="sales is a queue of the switch"):
        queue_answers.change(f"sales={word}", answer, context)


@pytest.mark.parametrize("word", ["none", "None", " - ", "", "unset", "not set"])
@pytest.mark.parametrize(
    "parse",
    [parsers.text, parsers.currency, quota_answers.parse, parsers.accounts, opening_hours_answers.parse],
)
def test_each_word_for_no_answer_is_one_everywhere(
    root: Path, parse: Callable[[str, str, SetupContext], str], word: str
) -> None:
    assert parse(word, "before", SetupContext(machine(root), find(machine(root)))) == UNSET


def test_the_source_that_was_answered_is_looked_at_once(root: Path, tmp_path: Path) -> None:
    other = tmp_path / "callcenter.db"
    other.write_bytes(b"SQLite format 3\0")
    context = SetupContext(machine(root), find(machine(root)), {"source": str(other)})
    assert context.source.database == other
    other.unlink()
    assert context.source.database == other
    context.answers["source"] = str(root / "var/log/asterisk/queue_log")
    assert context.source.log == root / "var/log/asterisk/queue_log"
    context.answers["source"] = str(tmp_path / "gone")
    with pytest.raises(UsageError, match="There is no file"):
        _ = context.source


def test_a_long_name_of_a_queue_gives_way_to_its_target() -> None:
    shown = queue_answers.table(
        NOTHING_KNOWN, f"{'a long name of a queue ' * 3}=retention,80%,20s\nSales=sales,80%,20s"
    )
    assert max(map(len, shown)) <= 80
    assert all(line.endswith(("80 %    20 s", "target  within")) for line in shown[:3])
    assert shown[3:] == ["", "To add one: NAME=sales"], "as long as neither the database nor the switch has any"
    assert "… " in shown[1]


def test_a_time_to_answer_in_that_the_switch_has_says_so() -> None:
    found = Findings(queues=("sales", "support"), thresholds_ms={"sales": 10_000})
    context = SetupContext(Machine(), found, intended_database=Path("/nonexistent"))
    answer = queue_answers.default_queues(context)
    _, sales, support = queue_answers.table(context, answer)
    assert sales.endswith("  80 %    10 s  (queues.conf)")
    assert support.endswith("  80 %    20 s")
    _, sales, _ = queue_answers.table(context, queue_answers.change("sales=15s", answer, context))
    assert sales.endswith("  80 %    15 s")
    long = queue_answers.table(context, f"{'sales ' * 20}=sales,80%,10s")
    assert max(map(len, long)) <= 80 - len("  (queues.conf)")


def test_a_time_to_answer_in_that_the_database_has_needs_no_reason(tmp_path: Path) -> None:
    path = new_database(tmp_path / "calls.db", time_zone="UTC")
    with database_file.open_for_writing(path) as connection, connection:
        connection.execute("INSERT INTO queues (name, service_level_threshold_ms) VALUES ('sales', 10000)")
    context = SetupContext(Machine(), Findings(thresholds_ms={"sales": 10_000}), intended_database=path)
    _, sales, *_ = queue_answers.table(context, queue_answers.default_queues(context))
    assert sales.endswith("  10 s")


@pytest.mark.parametrize(
    ("typed", "what", "setting"),
    [
        ("Fjord 40", "team Fjord", "quotas.team.Fjord.day.sales 40"),
        ("fjord: 40", "team Fjord", "quotas.team.Fjord.day.sales 40"),
        ("Night shift=4", "team Night shift", """'quotas.team."Night shift".day.sales' 4"""),
        ("Eva 12", "agent Eva", "quotas.agent.Eva.day.sales 12"),
    ],
)
def test_a_quota_of_somebody_is_refused_with_the_command_that_sets_it(
    monkeypatch: pytest.MonkeyPatch, typed: str, what: str, setting: str
) -> None:
    answers = {"teams": "Fjord: Eva\nNight shift: Omar"}
    context = SetupContext(Machine(), Findings(), answers, intended_database=Path("/nonexistent"))
    monkeypatch.setattr(team_answers, "agents_known", lambda context: ["Eva", "Omar"])
    told = f"for the {what}, when setup is done: ccmon config set {setting}"
    with pytest.raises(UsageError, match=re.escape(told)):
        quota_answers.parse(typed, UNSET, context)
    with pytest.raises(UsageError, match="The quota"):
        quota_answers.parse("Nobody 40", UNSET, context)
    assert quota_answers.OF_TEAM in question("quota").help


def test_quotas_of_others_are_told_beside_that_of_the_centre(tmp_path: Path) -> None:
    path = new_database(tmp_path / "calls.db", time_zone="UTC")
    context = SetupContext(Machine(), Findings(), {"quota": ""}, intended_database=path)
    assert overview.in_words(question("quota"), context) == "none"
    with database_file.open_for_writing(path) as connection, connection:
        connection.execute("INSERT INTO teams (name) VALUES ('Fjord'), ('Fjell')")
        connection.executemany(
            "INSERT INTO quotas (period, scope, scope_id, starts_on, sales) VALUES (?, ?, ?, '2020-01-01', ?)",
            [("day", "team", 1, 1), ("week", "team", 1, 5), ("day", "team", 2, 0), ("day", "centre", 0, 0)],
        )
    for answer, told in (("", "centre: none; besides: 1 team"), ("1200", "centre: 1,200 sales a day; besides: 1 team")):
        context = SetupContext(Machine(), Findings(), {"quota": answer}, intended_database=path)
        assert overview.in_words(question("quota"), context) == told


@pytest.mark.parametrize(("of_machine", "such_as"), [("Europe/Oslo", "Europe/Oslo"), ("Etc/UTC", "Europe/Amsterdam")])
def test_a_city_after_which_no_zone_is_named_is_told_which_is(of_machine: str, such_as: str) -> None:
    context = SetupContext(Machine(), Findings(time_zone=of_machine), intended_database=Path("/nonexistent"))
    told = (
        "There is no time zone 'Bergen'; a zone is named after one city of its country, mostly the capital or the "
        f"largest: give that one, such as {such_as}."
    )
    with pytest.raises(UsageError, match=f"^{re.escape(told)}$"):
        parsers.time_zone("Bergen", UNSET, context)
    assert parsers.time_zone("Oslo", UNSET, context) == "Europe/Oslo"
    with pytest.raises(UsageError, match=r"did you mean Europe/Berlin\?"):
        parsers.time_zone("Berlim", UNSET, context)
    with pytest.raises(UsageError, match="give an IANA name"):
        parsers.time_zone("Europe/Bergen", UNSET, context)
