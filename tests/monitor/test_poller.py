"""A poll is answered at once where it need not wait, else by a task that goes on with it."""

from __future__ import annotations

import asyncio

import pytest

from ccmon.model.snapshot import FloorSnapshot
from ccmon.monitor.poller import Poller
from tests.busy_floor import busy_floor


class Reader:
    """Answers after so many waits, or fails."""

    def __init__(self) -> None:
        self.floor = busy_floor(1)
        self.waits: list[asyncio.Event] = []
        self.failure: Exception | None = None
        self.tasks: set[asyncio.Task[object]] = set()
        self.cleaned_up = False

    async def snapshot(self, _at: int | None) -> FloorSnapshot:
        try:
            for event in self.waits:
                await event.wait()
                await asyncio.sleep(0)
        except BaseException:
            await asyncio.sleep(0)  # as when a connection is closed
            self.cleaned_up = True
            raise
        self.tasks = asyncio.all_tasks()
        if self.failure is not None:
            raise self.failure
        return self.floor

    async def close(self) -> None:
        pass


async def test_an_answer_that_need_not_wait_comes_without_another_task() -> None:
    reader = Reader()
    poller = Poller(reader, every_s=0.0)
    await poller.tick(0.0)
    assert poller.snapshot is reader.floor
    assert reader.tasks == asyncio.all_tasks()


async def test_an_answer_that_waits_several_times_comes_with_a_later_tick() -> None:
    reader = Reader()
    reader.waits = [asyncio.Event(), asyncio.Event()]
    poller = Poller(reader, every_s=0.0)
    await poller.tick(0.0)
    reader.waits[0].set()
    await poller.tick(0.0)
    assert poller.snapshot is None
    reader.waits[1].set()
    await poller.tick(60.0)
    assert poller.snapshot is reader.floor


@pytest.mark.parametrize("waits", [False, True])
async def test_a_failure_is_a_sentence_whether_it_comes_at_once_or_later(waits: bool) -> None:
    reader = Reader()
    reader.failure = OSError("gone")
    if waits:
        reader.waits = [asyncio.Event()]
        reader.waits[0].set()
    poller = Poller(reader, every_s=0.0)
    await poller.tick(60.0)
    assert poller.failure_text == "The database cannot be read: gone."
    assert poller.failed_polls == 1


@pytest.mark.parametrize("ticks", [0, 2])
async def test_a_poll_that_waits_can_clean_up_when_polling_stops(ticks: int) -> None:
    reader = Reader()
    reader.waits = [asyncio.Event()]
    poller = Poller(reader, every_s=0.0)
    poller._begin()  # its task has not started
    for _ in range(ticks):
        await poller.tick(0.0)
    await poller.close()
    assert reader.cleaned_up
