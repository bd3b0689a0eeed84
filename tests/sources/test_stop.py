"""Asking to stop from wherever one can be asked."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading

from ccmon.sources.stop import Stop
from tests.processes import join

SIGNALS_DURING_WAITS = """
import signal
from ccmon.sources.stop import Stop

stop, asked = Stop(), 0

def ask(*_):
    global asked
    asked += 1
    stop.ask()

signal.signal(signal.SIGALRM, ask)
signal.setitimer(signal.ITIMER_REAL, 0.0003, 0.0003)
while asked < 1000:
    stop.wait(0.0001)
print(stop.asked)
"""


def test_a_signal_may_come_at_any_point_of_a_wait() -> None:
    """With a lock in `ask`, one that comes while the waiting code holds it is the last thing that ever happens."""
    run = subprocess.run(
        [sys.executable, "-c", SIGNALS_DURING_WAITS], check=False, capture_output=True, text=True, timeout=120
    )
    assert (run.stdout, run.stderr) == ("True\n", "")


def test_the_first_signal_asks_and_the_second_is_as_before() -> None:
    seen: list[int] = []
    before = signal.signal(signal.SIGHUP, lambda number, _: seen.append(number))
    try:
        stop = Stop()
        with stop.on_signals():
            os.kill(os.getpid(), signal.SIGHUP)
            assert stop.wait(60)
            assert seen == []
            os.kill(os.getpid(), signal.SIGHUP)
            assert seen == [signal.SIGHUP]
    finally:
        signal.signal(signal.SIGHUP, before)


def test_all_who_wait_hear_of_it() -> None:
    stop = Stop()
    heard: list[bool] = []
    threads = [threading.Thread(target=lambda: heard.append(stop.wait(300)), daemon=True) for _ in range(3)]
    for thread in threads:
        thread.start()
    stop.ask()
    for thread in threads:
        join(thread)
    assert heard == [True, True, True]
    assert stop.wait(300)
