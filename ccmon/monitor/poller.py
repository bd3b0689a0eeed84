"""Polls for snapshots, one at a time; a failure becomes a state with a sentence and never ends the program."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Generator
from functools import partial
from time import monotonic
from types import coroutine
from typing import Any, NamedTuple, Protocol

from ccmon.errors import CcmonError
from ccmon.model.snapshot import FloorSnapshot


class SnapshotReader(Protocol):
    """What the monitor needs from a live reader. After a failure, the next call starts over."""

    async def snapshot(self, at: int | None) -> FloorSnapshot:
        """The floor at a moment, or now."""
        ...

    async def close(self) -> None:
        """Close the database."""
        ...


ANSWER_WITHIN_S = 0.9
"""A poll that takes longer counts as missed at the next tick."""
DIMMED_FROM = 3
"""After this many polls without an answer, the figures are dimmed."""


READY_CHECK_S = 0.01
"""Time between two checks whether the database is ready."""


class Preparation(NamedTuple):
    """The preparation to wait for while a database is still being made."""

    is_ready: Callable[[], bool]
    """Answers at once; raises CcmonError if it will never be ready."""
    text: str
    """Shown meanwhile."""


class Poller:
    """Polls a reader. `snapshot` is the last answer; `failed_polls` counts the polls without an answer since."""

    def __init__(
        self,
        reader: SnapshotReader,
        *,
        every_s: float = 1.0,
        preparation: Preparation | None = None,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self.every_s = every_s
        self.preparation_failed = False
        """Whether the preparation has failed for good."""
        self._preparation = preparation
        self.snapshot: FloorSnapshot | None = None
        self.failed_polls = 0
        self.failure_text: str | None = None
        """Why the last poll brought no answer; None if it did."""
        self._reader = reader
        self._clock = clock
        self._answered_at_s = self._clock()
        self._poll: asyncio.Task[FloorSnapshot] | None = None
        self._due_at_s = self._asked_at_s = 0.0

    @property
    def preparation_text(self) -> str | None:
        """What is still being waited for, in a sentence; None if nothing is."""
        return None if self._preparation is None else self._preparation.text

    @property
    def stale(self) -> bool:
        """Whether the figures are too old to be shown as live."""
        return self.failed_polls >= DIMMED_FROM

    def now(self) -> int | None:
        """The floor's time now, extrapolated from the last answer."""
        if self.snapshot is None:
            return None
        return self.snapshot.at + round((self._clock() - self._answered_at_s) * 1000 * self.snapshot.speed)

    async def tick(self, patience_s: float) -> None:
        """Start a poll if one is due, and wait briefly for its answer; a later tick takes one that comes late."""
        if self._poll is None:
            if self._clock() < self._due_at_s:
                return
            self._due_at_s = self._clock() + self.every_s * 0.9
            self._asked_at_s = self._clock()
            self._take_from(self._begin)
        poll = self._poll
        if poll is None:
            return
        done, _ = await asyncio.wait({poll}, timeout=patience_s)
        if not done:
            if self._preparation is None and self._clock() - self._asked_at_s >= ANSWER_WITHIN_S:
                self._note_failure("The database does not answer; still trying.")
        elif poll is self._poll:
            self._poll = None
            self._take_from(poll.result)

    async def close(self) -> None:
        """Stop polling and close the reader."""
        if self._poll is not None:
            await asyncio.sleep(0)  # a task that has just been made goes on first: what it does has begun
            self._poll.cancel()
            await asyncio.gather(self._poll, return_exceptions=True)
            self._poll = None
        await self._reader.close()

    def _begin(self) -> FloorSnapshot | None:
        """Ask; the answer if it comes without waiting, as most do: a task would cost a tenth of a quiet tick."""
        asking = self._ask()
        try:
            waits_for = asking.send(None)
        except StopIteration as answer:
            snapshot: FloorSnapshot = answer.value
            return snapshot
        self._poll = asyncio.create_task(_go_on(asking, waits_for))
        return None

    async def _ask(self) -> FloorSnapshot:
        while self._preparation is not None:
            try:
                ready = self._preparation.is_ready()
            except CcmonError:
                self.preparation_failed = True
                raise
            if ready:
                self._preparation = None
                self._asked_at_s = self._clock()
            else:
                await asyncio.sleep(READY_CHECK_S)
        return await self._reader.snapshot(None)

    def _take_from(self, answer: Callable[[], FloorSnapshot | None]) -> None:
        """Take an answer if there is one, or note why it failed."""
        try:
            snapshot = answer()
        except CcmonError as error:
            self._note_failure(error.for_supervisors)
        except OSError as error:
            self._note_failure(f"The database cannot be read: {error}.")
        else:
            if snapshot is not None:
                self.snapshot, self._answered_at_s = snapshot, self._clock()
                self.failed_polls, self.failure_text = 0, None

    def _note_failure(self, sentence: str) -> None:
        self.failed_polls += 1
        self.failure_text = sentence


async def _go_on(begun: Coroutine[Any, Any, FloorSnapshot], waits_for: object) -> FloorSnapshot:
    """Go on with a coroutine that has begun to wait for something; ``create_task`` takes only a true coroutine.

    A task cancelled before its first step never runs this, and ``begun`` could not clean up. Hence only `Poller.close`
    may cancel it, which first lets it make that step.
    """
    return await _rest(begun, waits_for)


@coroutine
def _rest(begun: Coroutine[Any, Any, FloorSnapshot], waits_for: object) -> Generator[object, Any, FloorSnapshot]:
    """Do what ``yield from begun`` does.

    What the coroutine waits for has already been taken from it, so it must be yielded once more.
    """
    while True:
        try:
            got = yield waits_for
        except BaseException as error:
            step = partial(begun.throw, error)
        else:
            step = partial(begun.send, got)
        try:
            waits_for = step()
        except StopIteration as answer:
            snapshot: FloorSnapshot = answer.value
            return snapshot
