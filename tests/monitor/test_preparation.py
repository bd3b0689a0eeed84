"""What the monitor shows while the database it is to read is still being made."""

from __future__ import annotations

import gc
from unittest.mock import Mock

import pytest

from ccmon.errors import CcmonError
from ccmon.monitor.app import Monitor
from ccmon.monitor.poller import Poller, Preparation
from ccmon.views.glyphs import UNICODE
from tests.floors import floor
from tests.monitor.monitor_app import ScriptedReader, tick, until

SENTENCE = "The floor is being simulated up to this minute."


async def test_a_floor_that_is_still_being_made_is_waited_for() -> None:
    ready = False
    reader = ScriptedReader(floor(12))
    poller = Poller(reader, every_s=0.0, preparation=Preparation(lambda: ready, SENTENCE))
    app = Monitor(poller, UNICODE, ticking=False)
    async with app.run_test(size=(120, 40)) as pilot:
        for _ in range(3):
            assert SENTENCE in (await tick(pilot))[0]
        assert reader.polls == 0
        ready = True
        lines = await tick(pilot)
        assert "14:32:0" in lines[0]
        assert SENTENCE not in "\n".join(lines)


async def test_a_floor_that_will_never_be_ends_the_program(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ccmon.monitor.app.gc", Mock(gc))  # it would walk through all that other tests have left

    def is_ready() -> bool:
        raise CcmonError("It has died.")

    reader = ScriptedReader(floor(12))
    app = Monitor(Poller(reader, preparation=Preparation(is_ready, SENTENCE)), UNICODE)
    async with app.run_test() as pilot:
        await until(pilot, lambda: app.return_code is not None)
    assert app.return_code == 1
    assert reader.polls == 0
