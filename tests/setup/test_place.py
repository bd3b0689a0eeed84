"""Where the database may lie: those who look must be able to come there."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ccmon.database import access_list, creation
from ccmon.errors import UsageError
from ccmon.setup import discovery, place, question, questions
from ccmon.setup.machine import OF_SYSTEM
from tests.accounts import give_list
from tests.setup.machines import Run, files, machine


@pytest.mark.parametrize(
    ("mode", "is_of_group", "is_refused"),
    [(0o700, False, True), (0o750, True, False), (0o750, False, True), (0o711, False, False), (0o701, True, True)],
)
def test_a_place_that_those_who_look_cannot_reach_is_refused(
    root: Path, mode: int, is_of_group: bool, is_refused: bool
) -> None:
    files(root, etc__group=f"supervisors:x:{os.getegid() if is_of_group else 61_003}:\n")
    closed = root / "srv/closed"
    closed.mkdir(parents=True)
    closed.chmod(mode)
    context = question.SetupContext(machine(root, is_root=True), discovery.Findings())
    name = str(closed / "floor/calls.db")
    if not is_refused:
        assert questions.question("database").parse(name, "", context) == name
        return
    told = f"^{name} is in {closed}, which the account ccmon and the group supervisors may not enter: name another"
    with pytest.raises(UsageError, match=told):
        questions.question("database").parse(name, "", context)
    assert (
        questions.question("database").parse(name, "", question.SetupContext(machine(root), discovery.Findings()))
        == name
    )


@pytest.mark.parametrize("mode", [0o700, 0o755])
def test_a_database_of_somebody_that_is_closed_to_others_is_refused(
    root: Path, mode: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    files(root, etc__group="supervisors:x:61003:\n")
    path = root / "home/anna/calls/calls.db"
    path.parent.mkdir(parents=True)
    creation.create(path, time_zone="UTC")
    os.chown(path, -1, 61_005)
    path.parent.chmod(mode)
    monkeypatch.setattr(question, "owner_of", lambda each: "anna")
    monkeypatch.setattr(place, "owner_of", lambda each: "anna")
    monkeypatch.setattr(place, "is_of_its_own", lambda *given: True)
    context = question.SetupContext(machine(root, is_root=True), discovery.Findings())
    if mode == 0o755:
        assert questions.question("database").parse(str(path), "", context) == str(path)
        return
    with pytest.raises(UsageError, match=f"{path} belongs to anna, and is in {path.parent}, which others may not"):
        questions.question("database").parse(str(path), "", context)


def test_an_empty_directory_of_the_whole_system_is_not_taken(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    empty = root / "srv"
    empty.mkdir(parents=True, exist_ok=True)
    context = question.SetupContext(machine(root, is_root=True), discovery.Findings())
    monkeypatch.setattr("ccmon.setup.machine.OF_SYSTEM", frozenset({empty}))
    monkeypatch.setattr(place, "OF_SYSTEM", frozenset({empty}))
    told = f"^{empty} is the whole system's, and setup changes .* such as {empty}/ccmon/calls.db.$"
    with pytest.raises(UsageError, match=told):
        questions.question("database").parse(str(empty / "calls.db"), "", context)
    assert Path("/srv") in OF_SYSTEM


def test_databases_of_those_who_look_are_told_when_another_comes_into_force(root: Path) -> None:
    files(root, etc__passwd="root:x:0:0::/root:\nanna:x:1001:1001::/home/anna:\nbert:x:1002:1002::/home/bert:\n")
    own = root / "home/anna/.local/share/ccmon/calls.db"
    own.parent.mkdir(parents=True, exist_ok=True)
    own.touch()
    told = Run(machine(root, is_root=True), service="no", look="anna,bert").text
    assert f"annahasadatabaseoftheirown:fromnowononlyccmonmonitor--db{own}opensit." in "".join(told.split())
    assert "bert has a database" not in told
    again = Run(machine(root, is_root=True), service="no", look="anna,bert").text
    assert "has a database" not in again


@pytest.mark.parametrize(("named", "is_refused"), [("supervisors", False), ("others", True)])
def test_an_access_list_lets_those_who_look_reach_a_place(root: Path, named: str, is_refused: bool) -> None:
    numbers = {"supervisors": 61_003, "others": 61_004}
    files(root, etc__group="".join(f"{name}:x:{number}:\n" for name, number in numbers.items()))
    closed = root / "srv/closed"
    closed.mkdir(parents=True)
    give_list(closed, (access_list.NAMED_GROUP, 1, numbers[named]), mask=7, owner=7)
    context = question.SetupContext(machine(root, is_root=True), discovery.Findings())
    name = str(closed / "floor/calls.db")
    if is_refused:
        with pytest.raises(UsageError, match=f"is in {closed}, which the account ccmon and the group supervisors may"):
            questions.question("database").parse(name, "", context)
    else:
        assert questions.question("database").parse(name, "", context) == name
