"""Where the database may lie: those who look must be able to come there."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ccmon.database import access_list
from ccmon.errors import UsageError
from ccmon.setup import discovery, question, questions
from tests.accounts import give_list
from tests.setup.machines import files, machine


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
    case = question.Case(machine(root, is_root=True), discovery.Findings())
    name = str(closed / "floor/calls.db")
    if not is_refused:
        assert questions.question("database").parse(name, "", case) == name
        return
    told = f"^{name} is in {closed}, which the account ccmon and the group supervisors may not enter: name another"
    with pytest.raises(UsageError, match=told):
        questions.question("database").parse(name, "", case)
    assert questions.question("database").parse(name, "", question.Case(machine(root), discovery.Findings())) == name


@pytest.mark.parametrize(("named", "is_refused"), [("supervisors", False), ("others", True)])
def test_an_access_list_lets_those_who_look_reach_a_place(root: Path, named: str, is_refused: bool) -> None:
    numbers = {"supervisors": 61_003, "others": 61_004}
    files(root, etc__group="".join(f"{name}:x:{number}:\n" for name, number in numbers.items()))
    closed = root / "srv/closed"
    closed.mkdir(parents=True)
    give_list(closed, (access_list.NAMED_GROUP, 1, numbers[named]), mask=7, owner=7)
    case = question.Case(machine(root, is_root=True), discovery.Findings())
    name = str(closed / "floor/calls.db")
    if is_refused:
        with pytest.raises(UsageError, match=f"is in {closed}, which the account ccmon and the group supervisors may"):
            questions.question("database").parse(name, "", case)
    else:
        assert questions.question("database").parse(name, "", case) == name
