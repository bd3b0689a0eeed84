"""This machine as setup sees it."""

from __future__ import annotations

from pathlib import Path

from ccmon.setup.machine import Machine
from tests.setup.machines import files, machine


def test_this_machine_has_its_accounts() -> None:
    here = Machine()
    assert here.has_account("root")
    assert not here.has_account("no such account")
    assert here.members("no such group") is None
    assert here.group_number("root") == 0
    assert here.group_number("no such group") is None


def test_another_machine_has_its_own(root: Path) -> None:
    files(root, etc__group="root:x:0:\nsupervisors:x:994:anna,bert\n")
    there = machine(root)
    assert there.has_account("anna")
    assert not there.has_account("daemon")
    assert there.members("supervisors") == ("anna", "bert")
    assert there.group_number("supervisors") == 994
    assert there.group_number("daemon") is None
