"""Calls a person who does not look at the screen: rings the terminal's bell, and asks it for a notice."""

from __future__ import annotations

import asyncio
import os
from asyncio.subprocess import DEVNULL, PIPE
from contextlib import suppress
from time import monotonic
from typing import Any, Protocol

from ccmon.settings import BELL_ALONE
from ccmon.views.alarm_signal import BELL, OpenedAlarms, notice, sequence_for, terminal_names
from ccmon.views.alarms import alarm_sentence
from ccmon.views.view_context import ViewContext

TMUX_PATIENCE_S = 2.0
ASK_TMUX = ("tmux", "display-message", "-p", "#{client_termtype} #{client_termname}")
"""Asks for the terminal outside of tmux; what the environment says may be that of an earlier one."""


class SignallingApp(Protocol):
    """What is needed of the program that shows the floor."""

    def send(self, data: str) -> None:
        """Write to the terminal beside the frames."""

    def run_worker(self, work: Any, *, name: str, group: str) -> Any:
        """Do something beside drawing."""


class Signals:
    """Calls for an alarm to act on once it has opened."""

    def __init__(self, app: SignallingApp, kind: str) -> None:
        """``kind`` is the setting `Settings.alarm_signal`, but not that for none."""
        self._app = app
        self._kind = kind
        self._opened = OpenedAlarms()

    def tick(self, context: ViewContext) -> None:
        """Look whether somebody is to be called."""
        alarm = self._opened.next(context.snapshot.alarms, context.filters, monotonic())
        if alarm is None:
            return
        self._app.send(BELL)
        if self._kind != BELL_ALONE:
            sentence = alarm_sentence(alarm, context.snapshot)
            only_ascii = context.glyphs.ascii_only
            if os.environ.get("TMUX"):
                self._app.run_worker(self._notice_through_tmux(sentence, only_ascii), name="notice", group="notice")
            elif (sequence := sequence_for(terminal_names(os.environ))) is not None:
                self._app.send(notice(sequence, sentence, in_tmux=False, only_ascii=only_ascii))

    async def _notice_through_tmux(self, sentence: str, only_ascii: bool) -> None:
        sequence = sequence_for(await _names_from_tmux()) or sequence_for(terminal_names(os.environ))
        if sequence is not None:
            self._app.send(notice(sequence, sentence, in_tmux=True, only_ascii=only_ascii))


async def _names_from_tmux() -> str:
    """What tmux says of the terminal that shows it; empty where it does not answer."""
    try:
        process = await asyncio.create_subprocess_exec(*ASK_TMUX, stdin=DEVNULL, stdout=PIPE, stderr=DEVNULL)
    except OSError:
        return ""
    try:
        output, _ = await asyncio.wait_for(process.communicate(), TMUX_PATIENCE_S)
    except TimeoutError:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()
        return ""
    return output.decode(errors="replace")
