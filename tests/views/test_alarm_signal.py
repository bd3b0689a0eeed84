"""When a person is called for an alarm, and the bytes that a terminal is sent."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from ccmon.model.alarms import Alarm, Rule, Severity
from ccmon.snapshot.narrow import NO_FILTER, Filters
from ccmon.views.alarm_signal import EVERY_S, NoticeSequence, OpenedAlarms, notice, sequence_for, terminal_names
from tests.examples import examples


def alarm(subject: str, *, severity: Severity = Severity.ACT, since: int = 1, **changes: object) -> Alarm:
    """An alarm about a queue."""
    return Alarm(
        rule=Rule.LONGEST_WAIT, severity=severity, subject=subject, since=since, value=None, limit=60.0,
        **changes,  # type: ignore[arg-type]
    )  # fmt: skip


A, B, C = alarm("A"), alarm("B"), alarm("C")
WATCHED = alarm("W", severity=Severity.WATCH)


def test_of_those_that_stand_at_the_start_the_worst_is_told_once() -> None:
    opened = OpenedAlarms()
    assert opened.next((A, B, WATCHED), NO_FILTER, 0.0) is A
    assert opened.next((A, B, WATCHED), NO_FILTER, 1000.0) is None


def test_one_to_watch_calls_nobody_nor_one_that_somebody_has_or_that_is_quiet() -> None:
    opened = OpenedAlarms()
    taken, quiet = replace(A, taken_by="eva"), replace(B, quiet_until=9)
    assert opened.next((WATCHED, taken, quiet), NO_FILTER, 0.0) is None
    assert opened.next((B, WATCHED, taken), NO_FILTER, 1.0) is B, "its quiet has ended"


def test_at_most_once_a_minute_and_what_opened_meanwhile_is_told_then() -> None:
    opened = OpenedAlarms()
    assert opened.next((A,), NO_FILTER, 100.0) is A
    two = (A, B)
    assert opened.next(two, NO_FILTER, 101.0) is None
    assert opened.next(two, NO_FILTER, 100.0 + EVERY_S - 0.1) is None
    assert opened.next(two, NO_FILTER, 100.0 + EVERY_S) is B
    assert opened.next((A, B, C), NO_FILTER, 130.0 + EVERY_S) is None
    assert opened.next((A, B), NO_FILTER, 500.0) is None, "C has cleared before it could be told"
    assert opened.next((A, B, C), NO_FILTER, 501.0) is C


def test_one_that_eases_and_begins_again_has_not_opened_again_but_a_later_one_has() -> None:
    opened = OpenedAlarms()
    assert opened.next((A,), NO_FILTER, 0.0) is A
    assert opened.next((replace(A, severity=Severity.WATCH, eased_at=5),), NO_FILTER, 100.0) is None
    assert opened.next((replace(A),), NO_FILTER, 200.0) is None
    assert opened.next((), NO_FILTER, 300.0) is None
    later = replace(A, since=9)
    assert opened.next((later,), NO_FILTER, 400.0) is later


def test_a_part_that_becomes_the_line_has_not_opened() -> None:
    opened = OpenedAlarms()
    part = replace(A, rule=Rule.LONGEST_WAIT)
    assert opened.next((replace(A, rule=Rule.NOBODY_ON_PHONES, parts=(part,)),), NO_FILTER, 0.0) is not None
    assert opened.next((part,), NO_FILTER, 100.0) is None
    worse = replace(A, rule=Rule.NOBODY_ON_PHONES, since=50)
    assert opened.next((worse,), NO_FILTER, 200.0) is worse


def test_what_only_comes_into_sight_has_not_opened() -> None:
    opened = OpenedAlarms()
    assert opened.next((A,), Filters(queue="A"), 0.0) is A
    assert opened.next((A, B), NO_FILTER, 100.0) is None
    assert opened.next((A, B, C), NO_FILTER, 200.0) is C


@settings(max_examples=examples(100, 3_000))
@given(st.lists(st.tuples(st.sets(st.sampled_from("ABCDE")), st.floats(0.5, 50)), max_size=30))
def test_calls_are_a_minute_apart_and_none_is_for_what_was_told(steps: list[tuple[set[str], float]]) -> None:
    opened, now, last, told = OpenedAlarms(), 0.0, None, set[str]()
    for subjects, length in steps:
        now += length
        alarms = tuple(alarm(each) for each in sorted(subjects))
        found = opened.next(alarms, NO_FILTER, now)
        new = [each for each in alarms if each.subject not in told]
        due = bool(new) and (last is None or now - last >= EVERY_S)
        assert (found is not None) is due
        if found is not None:
            assert found is new[0]
            told |= subjects
            last = now


@pytest.mark.parametrize(
    ("environment", "sequence"),
    [
        ({"TERM": "xterm-kitty"}, NoticeSequence.OSC_99),
        ({"TERM": "xterm-256color", "KITTY_WINDOW_ID": "3"}, NoticeSequence.OSC_99),
        ({"TERM": "xterm-256color", "LC_TERMINAL": "iTerm2"}, NoticeSequence.OSC_9),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "iTerm.app"}, NoticeSequence.OSC_9),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "WarpTerminal"}, NoticeSequence.OSC_9),
        ({"TERM": "xterm-ghostty"}, NoticeSequence.OSC_777),
        ({"TERM": "foot-extra"}, NoticeSequence.OSC_777),
        ({"TERM": "rxvt-unicode-256color"}, NoticeSequence.OSC_777),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "WezTerm"}, NoticeSequence.OSC_777),
        ({"TERM": "xterm-256color", "KONSOLE_VERSION": "230804"}, NoticeSequence.OSC_777),
        ({"TERM": "xterm-256color", "VTE_VERSION": "7006"}, NoticeSequence.OSC_777),
        ({"TERM": "xterm-256color", "KITTY_WINDOW_ID": ""}, None),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "Apple_Terminal"}, None),
        ({"TERM": "alacritty"}, None),
        ({"TERM": "linux"}, None),
        ({}, None),
    ],
)
def test_which_terminal_takes_which(environment: dict[str, str], sequence: NoticeSequence | None) -> None:
    assert sequence_for(terminal_names(environment)) is sequence


def test_the_bytes_of_each() -> None:
    said = {each: notice(each, "Sales: 5 waiting; act", in_tmux=False) for each in NoticeSequence}
    assert said == {
        NoticeSequence.OSC_9: "\x1b]9;ccmon: Sales: 5 waiting; act\x1b\\",
        NoticeSequence.OSC_99: "\x1b]99;i=ccmon:d=0;ccmon\x1b\\\x1b]99;i=ccmon:p=body;Sales: 5 waiting; act\x1b\\",
        NoticeSequence.OSC_777: "\x1b]777;notify;ccmon;Sales: 5 waiting; act\x1b\\",
    }
    assert notice(NoticeSequence.OSC_9, "Sales", in_tmux=True) == "\x1bPtmux;\x1b\x1b]9;ccmon: Sales\x1b\x1b\\\x1b\\"


@settings(max_examples=examples(200, 5_000))
@given(st.text(), st.sampled_from(NoticeSequence), st.booleans(), st.booleans())
def test_no_text_adds_a_byte_that_controls(
    text: str, sequence: NoticeSequence, in_tmux: bool, ascii_only: bool
) -> None:
    said = notice(sequence, text, in_tmux=in_tmux, only_ascii=ascii_only)
    empty = notice(sequence, "", in_tmux=in_tmux, only_ascii=ascii_only)
    control = re.compile(r"[\x00-\x1f\x7f-\x9f]")
    assert control.findall(said) == control.findall(empty)
    assert not ascii_only or said.isascii()
