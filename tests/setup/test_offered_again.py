"""A setup that was broken off and was to change a site is offered again, and can be left."""

from __future__ import annotations

import re
import shutil
import sys
from contextlib import suppress
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from ccmon import settings
from ccmon.configuration.actions import Conditions, change_database
from ccmon.configuration.setting import RequestedChange
from ccmon.database.database_file import open_for_writing
from ccmon.errors import CcmonError
from ccmon.real_time import real_now
from ccmon.setup import follow_command, kept_answers, line_input, session
from ccmon.setup.database_steps import ChangeSite
from ccmon.setup.existing import look_at_database
from ccmon.setup.kept_answers import KeptAnswers
from ccmon.setup.session import SetupSession
from tests.setup.machines import Run, machine, no_bar
from tests.setup.test_changed_since import ANSWERS
from tests.setup.test_changed_since import broken_off as answered

OFFERED = "An earlier setup was broken off"


class Terminal:
    """A terminal on which a person types some lines, and then breaks off."""

    def __init__(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.root, self._patch, self.is_root = root, monkeypatch, False
        monkeypatch.setattr(sys.stdin, "isatty", lambda: True)

    def text(self, *typed: str, **given: str) -> str:
        """All that setup shows, which is given some options."""
        lines, out = iter(typed), StringIO()

        def read(*_: object) -> list[str]:
            line = next(lines, None)
            if line is None:
                raise KeyboardInterrupt
            return [line] if line else []

        with self._patch.context() as patch:
            patch.setattr(line_input, "read", read)
            console = Console(file=out, width=80, height=24, force_terminal=True, color_system=None, soft_wrap=True)
            with suppress(KeyboardInterrupt):
                SetupSession(machine(self.root, is_root=self.is_root), console, no_bar).run(given, yes=False)
        assert next(lines, None) is None
        return out.getvalue()


@pytest.fixture
def terminal(root: Path, monkeypatch: pytest.MonkeyPatch) -> Terminal:
    (root / "var/log/asterisk/queue_log").unlink()
    Run(machine(root), **ANSWERS)
    return Terminal(root, monkeypatch)


def begun(root: Path, monkeypatch: pytest.MonkeyPatch, **answers: str) -> None:
    """Break setup off in its steps."""

    def fail(self: Any) -> str:
        raise CcmonError("the disk is full.")

    with monkeypatch.context() as patch:
        patch.setattr(ChangeSite, "do", fail)
        with pytest.raises(CcmonError, match="the disk is full"):
            Run(machine(root), **answers)


def test_enter_alone_leaves_a_move_that_nobody_said_yes_to(root: Path, tmp_path: Path, terminal: Terminal) -> None:
    before = settings.default_database()
    answered(root, database=str(tmp_path / "b.db"), quota="50")
    told = terminal.text("?", "x", "", "")
    assert f"{OFFERED} before anybody said yes to it. It was to change:" in told
    assert f"Database:{before}→{tmp_path}/b.dbQuota:" in "".join(told.split())
    assert "    Quota: 40 sales a day → 50 sales a day\n" in told
    assert "nothing is done before you" in told
    assert "Type 1 or 2." in told
    assert told.count("This is in force:") == 1
    assert "nothing was changed" in told
    assert (settings.load().database, look_at_database(before).quota) == (before, 40)
    assert not (tmp_path / "b.db").exists()
    assert not kept_answers.default_file().exists()


def test_it_goes_on_where_that_is_chosen(root: Path, tmp_path: Path, terminal: Terminal) -> None:
    answered(root, database=str(tmp_path / "b.db"), quota="50")
    told = terminal.text("2", "", "")
    assert f"{tmp_path}/b.dbisnew:itgetstheanswers" in "".join(told.split())  # a long path is broken somewhere
    assert "These are the answers so far" not in told  # one heading
    assert (settings.load().database, look_at_database(tmp_path / "b.db").quota) == (tmp_path / "b.db", 50)


def test_what_options_answered_is_gone_on_with_after_a_break_in_the_steps(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, terminal: Terminal
) -> None:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    moved = str(tmp_path / "b.db")
    with monkeypatch.context() as patch:
        patch.setattr(session, "carry_out", stop)
        terminal.text("", "", database=moved)
    told = terminal.text("")
    assert f"{OFFERED} in its steps." in told
    assert f"→{moved}" in "".join(told.split())
    [finding] = kept_answers.findings(is_root=False)
    assert (finding.verdict, finding.subject) == ("note", "setup")
    assert finding.text.startswith(
        "it was broken off in its steps: to go on with it: ccmon setup; to be asked anew: ccmon setup --start-"
    )
    assert terminal.text("1", "")
    assert kept_answers.findings(is_root=False) == []


def test_by_default_goes_on_what_somebody_said_yes_to(
    root: Path, monkeypatch: pytest.MonkeyPatch, terminal: Terminal
) -> None:
    begun(root, monkeypatch, name="Main office")
    told = terminal.text("")
    assert f"{OFFERED} in its steps. It was to change:" in told
    assert "    Site: Head office → Main office\n" in told
    assert "Setup was broken off. This is left to do:" in told
    told = terminal.text("1", "")
    assert "nothing was changed" in told
    assert look_at_database(settings.default_database()).site.name == "Head office"


@pytest.mark.parametrize("changes_site", [False, True])
def test_a_setup_that_was_to_make_the_site_goes_on_at_once(terminal: Terminal, changes_site: bool) -> None:
    answers = {**ANSWERS, "quota": "50", "database": str(settings.default_database())}
    KeptAnswers(kept_answers.default_file(), answers, confirmed=True, changes_site=changes_site).save()
    told = terminal.text()
    assert (OFFERED in told) == changes_site
    assert ("This is left to do:" in told) != changes_site


def test_without_questions_it_is_told_what_is_left_out(root: Path, tmp_path: Path, terminal: Terminal) -> None:
    answered(root, database=str(tmp_path / "b.db"), quota="50", teams="Care: Eva\nSales: Omar", currency="")
    told = Run(machine(root), source="none").text
    options = f"--db {tmp_path}/b.db, --currency none, --team, --quota 50"
    sentence = f"Left out, since nobody said yes to it: a setup that was broken off ({options})."
    assert "".join(sentence.split()) in "".join(told.split())
    assert "nothing was changed" in told
    assert "Left out" not in Run(machine(root), source="none").text


def test_what_an_option_answers_is_not_offered(root: Path, terminal: Terminal) -> None:
    answered(root, quota="50")
    assert OFFERED not in terminal.text(quota="60")
    answered(root, quota="50", name="Main office")
    assert "    Site: Head office → Main office\n\n" in terminal.text(quota="60")
    told = Run(machine(root), source="none", quota="60").text
    assert "a setup that was broken off (--name Main office)." in " ".join(told.split())
    assert look_at_database(settings.default_database()).quota == 60


@pytest.mark.parametrize("is_same", [False, True])
def test_answers_about_one_database_are_not_taken_over_into_another(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, terminal: Terminal, is_same: bool
) -> None:
    before, other = settings.default_database(), tmp_path / "b.db"
    Run(machine(root), **{**ANSWERS, "name": "Other", "database": str(other)})
    Run(machine(root), database=str(before))
    begun(root, monkeypatch, database=str(other), name="Main office", service="no")
    path = other if is_same else before
    told = Run(machine(root), database=str(path)).text
    assert ("--name: Main office" in told) == is_same
    assert look_at_database(path).site.name == ("Main office" if is_same else "Head office")


def test_answers_that_are_in_force_already_are_no_change(root: Path, terminal: Terminal) -> None:
    answered(root)
    assert OFFERED not in terminal.text()
    assert "Left out" not in Run(machine(root), source="none").text


def test_many_changes_are_counted_and_a_source_that_is_gone_is_shown_as_it_was_answered(
    root: Path, tmp_path: Path, terminal: Terminal
) -> None:
    answered(
        root, source="/gone/queue_log", database=str(tmp_path / "b.db"), time_zone="Asia/Tokyo", name="x",
        currency="CHF", day_starts="05:00", opening_hours="", queues="600=sales,90%,15s", teams="", quota="50",
    )  # fmt: skip
    told = terminal.text()
    assert "setup offers to go on from there." in " ".join(told.split())
    assert " → /gone/queue_log\n" in told
    assert "    Queues: 600: 80 % within 15 s → 90 % within 15 s\n    and 2 more\n" in told
    answered(root, teams="", quota="50")
    assert (
        "    Teams: 1 team: Care → none\n    Quota: 40 sales a day → 50 sales a day\n\n 1  leave it:" in terminal.text()
    )


def test_of_queues_and_teams_it_is_shown_what_changes(root: Path, terminal: Terminal) -> None:
    answered(
        root, queues="600=service,90%,20s\n601=sales,80%,20s", teams="Care: Omar, Ben\nNight: Zoë, Bo", quota="40"
    )  # fmt: skip
    told = terminal.text()
    assert "    Queues: 600: sales → service, 80 % within 15 s → 90 % within 20 s\n" in told
    assert "    Queues: 601: sales, 80 % within 20 s\n" in told
    moves = ("Care: in: 1 agent (Ben)", "Care: out: 1 agent (Eva)", "Night: Zoë, Bo")
    assert "".join(f"    Teams: {each}\n" for each in moves) in told
    answered(root, queues="601=sales,80%,20s")
    assert "    Queues: 601: sales, 80 % within 20 s\n    Queues: 600: left out\n" in terminal.text()


@pytest.mark.parametrize("is_root", [True, False])
def test_a_setup_of_the_system_is_gone_on_with_as_root(
    root: Path, monkeypatch: pytest.MonkeyPatch, terminal: Terminal, is_root: bool
) -> None:
    monkeypatch.setattr(follow_command, "typed_program", lambda *, is_root: ["ccmon"])
    terminal.is_root = is_root
    if not is_root:
        answered(root, quota="50")
    told = " ".join(terminal.text("" if is_root else "2").split())
    end = "sudo ccmon setup goes on from there." if is_root else "setup.json: ccmon setup offers to go on from there."
    assert end in told


def test_nothing_is_before_the_first_question(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    nothing_known = Terminal(root, monkeypatch)
    asked, first = "Where do your calls come from?", "This is the first question: < goes back from the others."
    told = nothing_known.text("<")
    assert (told.count(asked), told.count(first)) == (2, 1)
    told = nothing_known.text("", "<", "<", "<")
    assert (told.count(asked), told.count(first)) == (4, 2)


def with_a_call(path: Path) -> None:
    with open_for_writing(path) as connection, connection:
        connection.execute(
            "INSERT INTO calls (call_id, source, direction, entered_at) VALUES ('1', 'own', 'outbound', ?)",
            (real_now(),),
        )


def test_a_move_that_was_done_is_told_and_not_its_copying(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, terminal: Terminal
) -> None:
    before, moved = settings.default_database(), tmp_path / "b.db"
    with_a_call(before)
    begun(root, monkeypatch, database=str(moved), name="Main office")
    told = terminal.text("")
    assert f"Database:{before}→{moved}(done)" in "".join(told.split())
    assert "Take calls along" not in told
    told = terminal.text("", database=str(before))
    assert f"Thisiswhatsetupwilldo,togobackto{before}:" in "".join(told.split())
    assert "Setup was broken off." not in told


def test_enter_alone_does_not_put_a_database_in_force_by_which_figures_change(
    tmp_path: Path, terminal: Terminal
) -> None:
    before, other, like = settings.default_database(), tmp_path / "other/calls.db", tmp_path / "like/calls.db"
    for path in (other, like):
        path.parent.mkdir()
        shutil.copy(before, path)
    with open_for_writing(other) as connection, connection:
        connection.execute("UPDATE site SET currency = 'USD'")
    told = terminal.text("", "", database=str(other))
    assert "currency (EUR → USD)" in " ".join(told.split())
    assert "nothing was changed" in told
    assert settings.load().database == before
    terminal.text("", "yes", database=str(other))
    assert settings.load().database == other
    Run(machine(terminal.root), database=str(before))
    terminal.text("", "", database=str(like))
    assert settings.load().database == like


def test_answers_that_differ_from_what_is_in_force_are_marked(terminal: Terminal) -> None:
    told = terminal.text("8", "1 90%", "")
    marked = [line for line in told.splitlines() if line.endswith(" (changed)")]
    assert [line.split()[1] for line in marked] == ["Queues"]


def test_all_quotas_of_the_centre_are_told(terminal: Terminal) -> None:
    week = RequestedChange(("quotas", "centre", "week", "sales"), "1200")
    assert not change_database(settings.default_database(), [week], Conditions("today", add_new=True)).errors
    assert re.search(r"Quota +40 sales a day, 1,200 a week\n", terminal.text())


def test_the_way_back_is_advised_only_where_another_database_came_into_force(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, terminal: Terminal
) -> None:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    before, moved = settings.default_database(), tmp_path / "b.db"
    with_a_call(before)
    with monkeypatch.context() as patch:
        patch.setattr(session, "carry_out", stop)
        terminal.text("", "", database=str(moved), take_along="yes")
    assert settings.load().database == before
    [finding] = kept_answers.findings(is_root=False)
    assert "go back" not in finding.text
    begun(root, monkeypatch, database=str(moved), name="Main office")
    assert settings.load().database == moved
    [finding] = kept_answers.findings(is_root=False)
    assert finding.text.endswith(f"to go back to the former database: ccmon setup --db {before}")


def test_whether_calls_come_along_is_not_kept_for_another_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, terminal: Terminal
) -> None:
    before = settings.default_database()
    with_a_call(before)

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(session, "carry_out", stop)
        terminal.text("", "", database=str(tmp_path / "b.db"), take_along="yes")
    told = terminal.text(database=str(before))
    assert "Take calls along" not in told
    assert "nothing was changed" in told
