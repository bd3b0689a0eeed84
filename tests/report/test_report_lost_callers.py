"""Lost callers in the report of a day: how many, who is still to be called back, who waited longest."""

from __future__ import annotations

import csv
import json
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from ccmon.database import database_file
from ccmon.metrics.lost_callers import CallerState
from ccmon.model.lost_callers import LostCallers
from ccmon.report.lost_callers import CALLERS_SHOWN, caller_figures, lost_callers
from tests.commands import done
from tests.databases import new_database
from tests.floors import moment
from tests.report.reports import FRIDAY, document, goal, report

OPEN = {"to call back", "call promised", "waiting again"}


def status(*words: str, path: Path) -> Any:
    return json.loads(done("status", "--json", "--db", path, *words))["lost_callers"]


@pytest.fixture(scope="module")
def lost(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A day of callers who were lost, left by a key, called again, were called back, or withheld their number."""
    path = new_database(tmp_path_factory.mktemp("lost") / "calls.db", time_zone="Europe/Amsterdam")
    noon = moment("2026-11-23T12:00:00+01:00")
    inbound = (
        # caller, after so many seconds, for so many seconds, how it ended
        ("+31201", 0, 60, "abandoned"),
        ("+31202", 10, 90, "timeout"),
        ("+31203", 20, 300, "exit_key"),
        ("+31204", 30, 120, "abandoned"),
        ("+31204", 200, 20, "answered"),
        ("+31205", 40, 2, "abandoned"),  # short
        (None, 50, 70, "abandoned"),
        ("+31206", 60, 80, "no_agents"),
        ("+31201", 400, 30, "abandoned"),
    )
    with closing(database_file.open_writer(path)) as connection:
        connection.execute("INSERT INTO queues (id, name) VALUES (1, 'Sales')")
        connection.execute("INSERT INTO agents (id, login) VALUES (1, 'eva')")
        connection.execute("INSERT INTO customers (id, reference, name, phone) VALUES (1, 'K1', 'Ada', '+31202')")
        for number, (caller, after, lasted, outcome) in enumerate(inbound):
            at = noon + 1000 * after
            connection.execute(
                "INSERT INTO calls (source, call_id, queue_id, agent_id, caller, entered_at, answered_at, ended_at, "
                "outcome) VALUES ('pbx', ?, 1, ?, ?, ?, ?, ?, ?)",
                (
                    f"c{number}",
                    1 if outcome == "answered" else None,
                    caller,
                    at,
                    at + 1000 * lasted if outcome == "answered" else None,
                    at + 1000 * (lasted + 100 * (outcome == "answered")),
                    outcome,
                ),
            )
        connection.execute(
            "INSERT INTO calls (source, call_id, direction, agent_id, caller, entered_at, answered_at, ended_at, "
            "outcome) VALUES ('pbx', 'o', 'outbound', 1, '+31206', ?1, ?1 + 5000, ?1 + 60000, 'answered')",
            (noon + 1_000_000,),
        )
    return path


def test_those_not_reached_stand_by_their_wait_and_the_others_are_counted(lost: Path) -> None:
    """Who left by a key has waited longest, and is no lost caller."""
    words = ("report", "day", "--date", "2026-11-23", "--db", lost)
    found = json.loads(done(*words, "--format", "json"))
    assert [(each["name"], each["waited_s"], each["times"]) for each in found["lost_callers"]] == [
        ("Ada", 90, 1),
        ("+31201", 30, 2),
    ]
    assert found["lost_callers"][0]["phone"] == "+31202"
    assert found["lost_callers"][1]["phone"] is None, "the name is the number"
    assert [goal(found, key) for key in ("lost_callers", "to_call_back", "lost", "diverted")] == [5, 2, 6, 1]
    said = (
        "5 lost callers, 6 lost calls: 2 to call back, 1 answered when they called again, 1 called back, "
        "1 with a withheld number. Who left by a key or was moved on is not lost: 1 diverted call."
    )
    for form in ("text", "markdown", "html"):
        text = " ".join(done(*words, "--format", form).split())
        assert said in text, form
        assert text.casefold().count("lost callers not reached at the end of the day") == 1
        assert "+31203" not in text
    rows = list(csv.reader(done(*words, "--format", "csv").splitlines()))
    assert ["lost_callers", "Ada", "waited_s", "90", "", "s"] in rows
    assert ["service", "Lost callers", "lost_callers", "5", "", "count"] in rows


@pytest.mark.parametrize("state", ["call promised", "waiting again"])
def test_who_is_promised_a_call_or_waits_again_is_told_apart(state: str) -> None:
    narrowed = report("day", FRIDAY).narrowed
    callers = narrowed.floor.lost_callers
    assert callers is not None
    to_call = [each for each in callers.items if each.is_to_call_back][:2]
    for items, states in (
        (to_call, None),
        ([to_call[0], replace(to_call[1], state=CallerState(state))], {"to call back", state}),
    ):
        floor = replace(narrowed.floor, lost_callers=LostCallers(tuple(items)))
        table = lost_callers(replace(narrowed, floor=floor))
        assert table is not None
        keys = [column.key for column in table.columns]
        assert ("state" in keys) == (states is not None)
        if states is not None:
            assert {each.cells[keys.index("state")].value for each in table.rows} == states


def test_they_are_those_of_status(lost: Path) -> None:
    callers = status("--at", "2026-11-23", path=lost)
    found = json.loads(done("report", "day", "--date", "2026-11-23", "--format", "json", "--db", lost))
    assert goal(found, "lost_callers") == callers["callers"]
    assert goal(found, "to_call_back") == callers["to_call_back"]
    waits = sorted((each["waited_s"] for each in callers["items"] if each["state"] in OPEN), reverse=True)
    assert [each["waited_s"] for each in found["lost_callers"]] == waits


def test_the_longest_waits_are_shown_of_many() -> None:
    narrowed = report("day", FRIDAY).narrowed
    callers = narrowed.floor.lost_callers
    assert callers is not None
    waits = sorted((each.waited_ms for each in callers.items if each.state.is_open), reverse=True)
    assert len(waits) > CALLERS_SHOWN
    table = lost_callers(narrowed)
    assert table is not None
    place = [column.key for column in table.columns].index("waited_ms")
    assert [each.cells[place].value for each in table.rows] == waits[:CALLERS_SHOWN]
    assert table.order.startswith(f"The {CALLERS_SHOWN} longest waits of {len(waits)}. ")
    few = LostCallers(tuple(each for each in callers.items if each.state.is_open)[:CALLERS_SHOWN])
    table = lost_callers(replace(narrowed, floor=replace(narrowed.floor, lost_callers=few)))
    assert table is not None
    assert table.order.startswith("The longest waits first. ")


def test_nobody_left_to_call_back_is_told_with_what_became_of_them() -> None:
    narrowed = report("day", FRIDAY).narrowed
    callers = narrowed.floor.lost_callers
    assert callers is not None
    reached = LostCallers(tuple(each for each in callers.items if each.state.value == "called again"))
    table = lost_callers(replace(narrowed, floor=replace(narrowed.floor, lost_callers=reached)))
    assert table is not None
    assert table.rows == ()
    number = reached.callers
    assert number > 1
    assert table.empty.startswith(f"Nobody is left to call back. {number} lost callers, ")
    assert f": {number} answered when they called again." in table.empty


@pytest.mark.parametrize(("kind", "text"), [("week", FRIDAY), ("month", None), ("since", "09:00")])
def test_of_another_stretch_they_are_not_known(kind: str, text: str | None) -> None:
    assert list(caller_figures(report(kind, text).narrowed)) == []
    assert "lost_callers" not in document(kind, text)
