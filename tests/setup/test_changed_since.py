"""Answers of a setup that was broken off: what others have changed since is not undone by them."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from rich.console import Console

from ccmon import settings
from ccmon.setup import kept_answers
from ccmon.setup.changed_since import answers_in_force, leave_out
from ccmon.setup.discovery import find
from ccmon.setup.kept_answers import KeptAnswers
from ccmon.setup.question import SetupContext
from ccmon.setup.session import SetupSession
from tests.commands import done
from tests.setup.machines import Run, machine, no_bar

ANSWERS = {
    "source": "none", "time_zone": "Amsterdam", "name": "Head office", "currency": "EUR", "queues": "600=sales,80%,15s",
    "teams": "Care: Eva, Omar", "quota": "40", "opening_hours": "mon-fri 09:00-17:00",
}  # fmt: skip


def in_force(root: Path) -> dict[str, str]:
    on = machine(root)
    return answers_in_force(SetupContext(on, find(on)))


def broken_off(root: Path, *, confirmed: bool = False, **answers: str) -> KeptAnswers:
    """A setup in which some answers were given, and all others were seen."""
    now = in_force(root)
    kept = KeptAnswers(
        kept_answers.default_file(), now | answers, changes_site=bool(now), confirmed=confirmed, in_force=now
    )
    kept.save()
    return kept_answers.load(kept.file)


def changed_by_others() -> None:
    home = {"HOME": str(settings.default_database().parents[3])}
    for name, text in (
        ("quotas.centre.day.sales", "55"), ("opening_hours.saturday", "10:00-14:00"), ("queues.600.purpose", "service"),
        ("agents.Omar.team", ""),
    ):  # fmt: skip
        done(*(("config", "set", name, text) if text else ("config", "unset", name)), **home)


def test_only_what_was_answered_stays(root: Path) -> None:
    Run(machine(root), **ANSWERS)
    kept = broken_off(root, name="Main office")
    changed_by_others()
    leave_out(kept, in_force(root))
    assert {name: kept.answers.get(name) for name in ("name", "quota", "queues", "teams", "opening_hours")} == {
        "name": "Main office", "quota": None, "queues": None, "teams": None, "opening_hours": None,
    }  # fmt: skip
    assert kept.overtaken == {}


def test_what_was_answered_and_changed_since_is_named(root: Path) -> None:
    Run(machine(root), **ANSWERS)
    kept = broken_off(root, quota="50", name="Main office")
    changed_by_others()
    leave_out(kept, in_force(root))
    assert (kept.answers["name"], kept.overtaken) == ("Main office", {"quota": "50"})


def test_a_default_run_does_not_undo_what_was_changed_after_its_steps_were_begun(root: Path) -> None:
    Run(machine(root), **ANSWERS)
    broken_off(root, confirmed=True, quota="50", name="Main office")
    changed_by_others()
    told = Run(machine(root)).text
    assert "--quota: changed since you answered 50." in told
    now = in_force(root)
    assert (now["name"], now["quota"], now["teams"]) == ("Main office", "55", "Care: Eva")
    assert now["opening_hours"] == "mon-fri 09:00-17:00; sat 10:00-14:00"


def test_rights_that_setup_itself_has_changed_step_by_step_are_no_change_by_others(root: Path) -> None:
    kept = KeptAnswers(root / "x", answers={"look": "bert"}, in_force={"look": "anna"}, confirmed=True)
    leave_out(kept, {"look": "anna,bert"})
    assert kept.answers == {"look": "bert"}
    kept.confirmed = False
    leave_out(kept, {"look": "anna,carl"})
    assert (kept.answers, kept.overtaken) == ({}, {"look": "bert"})


def test_a_setup_for_root_alone_is_kept_apart_from_that_of_the_machine(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "try" / "calls.db"
    monkeypatch.setattr(sys.stdout, "isatty", lambda: False)
    session = SetupSession(machine(root), Console(), no_bar)
    monkeypatch.setattr(session, "_show_done", lambda *done: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        session.run({"database": str(other), "source": "none"}, yes=True)
    assert kept_answers.load(kept_answers.default_file()).confirmed
    Run(machine(root), source="none", database=str(other))  # and now it is finished
    assert settings.load().database == other
    told = Run(machine(root, is_root=True), source="none").text
    assert "--database" not in told
    site = (root / "etc/ccmon/settings.toml").read_text()
    assert site == f'database = "{root}/var/lib/ccmon/calls.db"\n'
