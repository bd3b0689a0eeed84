"""The screen calls for an alarm to act on: the bell, and a notice where the terminal is known to show one."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from ccmon.monitor import signals
from ccmon.monitor.app import Monitor
from ccmon.monitor.signals import Signals
from ccmon.views.alarm_signal import EVERY_S
from ccmon.views.glyphs import ASCII, GlyphSet
from tests.busy_floor import busy_floor
from tests.monitor.monitor_app import tick, until, watching


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    found: list[str] = []
    monkeypatch.setattr(Monitor, "send", lambda _, data: found.append(data))
    for name in ("TMUX", "TERM_PROGRAM", "LC_TERMINAL", "KITTY_WINDOW_ID", "VTE_VERSION", "KONSOLE_VERSION"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-ghostty")
    return found


def calling(monitor: Monitor, kind: str) -> None:
    monitor.signals = None if kind == "off" else Signals(monitor, kind)


async def test_a_tick_calls_once_and_again_after_a_minute_for_what_has_opened(
    sent: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Clock()
    monkeypatch.setattr(signals, "monotonic", clock)
    whole = busy_floor()
    app, reader = watching(replace(whole, alarms=whole.alarms[1:]))
    calling(app, "notice")
    async with app.run_test(size=(80, 24)) as pilot:
        await tick(pilot)
        second = whole.alarms[1].subject
        assert [data[:6] for data in sent] == ["\x07", "\x1b]777;"]
        assert f";{second}: longest wait" in sent[1]
        await tick(pilot)
        reader.floor = whole
        await tick(pilot)
        assert len(sent) == 2
        clock.seconds += EVERY_S
        await tick(pilot)
        assert len(sent) == 4
        assert f";{whole.alarms[0].subject}: longest wait" in sent[3]


@pytest.mark.parametrize(("kind", "expected"), [("off", []), ("bell", ["\x07"])])
async def test_the_setting(sent: list[str], kind: str, expected: list[str]) -> None:
    app, _ = watching(busy_floor())
    calling(app, kind)
    async with app.run_test(size=(80, 24)) as pilot:
        await tick(pilot)
        assert sent == expected


@pytest.mark.parametrize(
    ("answer", "environment", "start"),
    [
        ("echo 'iTerm2 3.5.0 xterm-256color'", {"KITTY_WINDOW_ID": "1"}, "\x1bPtmux;\x1b\x1b]9;ccmon: "),
        ("echo ' xterm-256color'", {"KITTY_WINDOW_ID": "1"}, "\x1bPtmux;\x1b\x1b]99;"),
        ("exit 1", {"KITTY_WINDOW_ID": "1"}, "\x1bPtmux;\x1b\x1b]99;"),
        ("exit 1", {}, ""),
    ],
)
async def test_in_tmux_the_terminal_outside_is_asked_for(
    sent: list[str],
    monkeypatch: pytest.MonkeyPatch,
    answer: str,
    environment: dict[str, str],
    start: str,
) -> None:
    monkeypatch.setenv("TMUX", "/tmp/tmux-0/default,1,0")
    monkeypatch.setenv("TERM", "screen-256color")
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(signals, "ASK_TMUX", ("sh", "-c", answer))
    app, _ = watching(busy_floor())
    calling(app, "notice")
    async with app.run_test(size=(80, 24)) as pilot:
        await tick(pilot)
        await until(pilot, lambda: not any(worker.name == "notice" for worker in app.workers))
        assert sent[0] == "\x07"
        assert [data.startswith(start) for data in sent[1:]] == [True] * bool(start)


async def test_tmux_that_cannot_be_run_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signals, "ASK_TMUX", ("/no/such/tmux",))
    assert await signals._names_from_tmux() == ""


async def test_tmux_that_does_not_answer_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signals, "ASK_TMUX", ("sleep", "600"))
    monkeypatch.setattr(signals, "TMUX_PATIENCE_S", 0.01)
    assert await signals._names_from_tmux() == ""


@pytest.mark.parametrize("glyphs", [ASCII])
async def test_only_ascii_where_the_screen_has_no_other(sent: list[str], glyphs: GlyphSet) -> None:
    app, _ = watching(busy_floor(), glyphs=glyphs)
    calling(app, "notice")
    async with app.run_test(size=(80, 24)) as pilot:
        await tick(pilot)
        assert sent[1].isascii()
