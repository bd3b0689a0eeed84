"""What calls a person who does not look: when, and in which bytes. Pure.

A terminal has a bell. Some also show a notice of the desktop, each by a sequence of its own: OSC 99 (kitty), OSC 9
(iTerm2, Warp) or OSC 777 (Ghostty, WezTerm, foot, rxvt-unicode, Konsole, and VTE where it is built with it). One that
is not known gets none: it might print the sequence. tmux passes a sequence on only if it is wrapped.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import Enum
from itertools import takewhile

from ccmon.formatting import ascii_only, plain
from ccmon.model.alarms import Alarm, Severity
from ccmon.snapshot.narrow import Filters

EVERY_S = 60.0
"""A person is called at most once in this time."""
BELL = "\x07"
TITLE = "ccmon"
END = "\x1b\\"


class NoticeSequence(Enum):
    """How a terminal is asked for a notice: the sequences before and after the text."""

    OSC_9 = f"\x1b]9;{TITLE}: ", END
    OSC_99 = f"\x1b]99;i={TITLE}:d=0;{TITLE}{END}\x1b]99;i={TITLE}:p=body;", END
    OSC_777 = f"\x1b]777;notify;{TITLE};", END


TERMINALS: Mapping[str, NoticeSequence] = {
    "kitty": NoticeSequence.OSC_99,
    "iterm": NoticeSequence.OSC_9,
    "warp": NoticeSequence.OSC_9,
    "ghostty": NoticeSequence.OSC_777,
    "wezterm": NoticeSequence.OSC_777,
    "foot": NoticeSequence.OSC_777,
    "rxvt": NoticeSequence.OSC_777,
    "konsole": NoticeSequence.OSC_777,
    "vte": NoticeSequence.OSC_777,
}
"""By a part of what a terminal is called."""
_NAMING = ("TERM", "TERM_PROGRAM", "LC_TERMINAL")
"""Variables that hold a name; SSH passes on the first, and often the last."""
_MARKING = {
    "KITTY_WINDOW_ID": "kitty",
    "ITERM_SESSION_ID": "iterm",
    "GHOSTTY_RESOURCES_DIR": "ghostty",
    "WEZTERM_PANE": "wezterm",
    "KONSOLE_VERSION": "konsole",
    "VTE_VERSION": "vte",
}
"""Variables that only one terminal sets."""


def terminal_names(environment: Mapping[str, str]) -> str:
    """What the environment says of the terminal."""
    names = [environment.get(name, "") for name in _NAMING]
    return " ".join([*names, *(name for mark, name in _MARKING.items() if environment.get(mark))])


def sequence_for(names: str) -> NoticeSequence | None:
    """How a terminal of such names shows a notice; None: it is not known to show any."""
    lower = names.casefold()
    return next((sequence for name, sequence in TERMINALS.items() if name in lower), None)


def notice(sequence: NoticeSequence, sentence: str, *, in_tmux: bool, only_ascii: bool = False) -> str:
    """The bytes that ask for a notice; no name in the sentence can add any of its own."""
    before, after = sequence.value
    text = ascii_only(plain(sentence)) if only_ascii else plain(sentence)
    bare = f"{before}{text}{after}"
    return f"\x1bPtmux;{bare.replace(chr(27), chr(27) * 2)}{END}" if in_tmux else bare


class OpenedAlarms:
    """Tells which alarm to call a person for: one to act on that has opened, at most one in `EVERY_S`.

    Of those that stand at the start, and of those that open while it is too soon, the worst is told, for all of them.
    One that eases and begins again has not opened again.
    """

    def __init__(self) -> None:
        self._told: set[tuple[str, str, int | None]] = set()
        self._last_at: float | None = None
        self._seen: Sequence[Alarm] | None = None
        self._filters: Filters | None = None
        self._is_waiting = False
        """Whether some opened when it was too soon."""

    def next(self, alarms: Sequence[Alarm], filters: Filters, now: float) -> Alarm | None:
        """The alarm to call for, if any.

        Args:
            alarms: those that stand, in order.
            filters: what the screen is narrowed to: what only comes into sight has not opened.
            now: seconds of a clock that never goes back.
        """
        same_filters = self._filters in {None, filters}
        if alarms is self._seen and same_filters and not self._is_waiting:
            return None
        self._seen, self._filters, self._is_waiting = alarms, filters, False
        new = [each for each in takewhile(_is_to_be_acted_on, alarms) if _identity(each) not in self._told]
        if not new:
            return None
        if same_filters and self._last_at is not None and now - self._last_at < EVERY_S:
            self._is_waiting = True
            return None
        self._told.update(_identity(part) for each in new for part in (each, *each.parts))
        if not same_filters:
            return None
        self._last_at = now
        return new[0]


def _is_to_be_acted_on(alarm: Alarm) -> bool:
    return alarm.severity is Severity.ACT and alarm.is_open


def _identity(alarm: Alarm) -> tuple[str, str, int | None]:
    return alarm.rule, alarm.subject, alarm.since
