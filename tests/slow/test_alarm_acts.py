"""Acts on alarms from the screen by a process of its own, and the log of the day, once for real in a terminal."""

from __future__ import annotations

import re
from pathlib import Path

from benchmarks.terminal import Terminal, terminal_environment
from ccmon.accounts import acting_person
from tests.databases import rows
from tests.processes import CCMON
from tests.slow.waiting_callers import MINUTE, NOW, with_a_caller

SUBJECT = "--db Care"
"""It looks like an option."""


def test_taken_quiet_released_and_logged(tmp_path: Path) -> None:
    database, person = with_a_caller(tmp_path / "calls.db", SUBJECT), acting_person()
    with Terminal([CCMON, "monitor", "--db", database], size=(80, 24), env=terminal_environment()) as terminal:
        terminal.wait_for("1 act now")
        terminal.send("a")
        terminal.wait_for("Act now: 1")
        terminal.send("p")
        terminal.wait_for("You have it")
        terminal.wait_for("Somebody has it: 1")
        terminal.send("z")
        terminal.wait_for("until 14:45")
        terminal.send("\r")
        terminal.wait_for("Quiet until 14:45")
        terminal.wait_for("Quiet: 1")
        terminal.send("P")
        terminal.wait_for("Given back")
        terminal.wait_for("Act now: 1")
        terminal.send("l")
        terminal.wait_for("1 today, 1 to act on")
        terminal.wait_for(f"14:30 {person} wanted quiet until 14:45.")
        terminal.send("\r")
        terminal.wait_for("Who could take the callers of --db Care")
        terminal.wait_for("the telephone has not rung today")
        terminal.send("\r")
        terminal.wait_for(re.compile(r"10:00 +○ ready"))
        terminal.send("q")
        assert terminal.wait_for_exit() == 0
    found = rows(database, "SELECT rule, subject, act, who, acted_at, until FROM alarm_acts ORDER BY id")
    assert found == [
        ("longest_wait", SUBJECT, "have", person, NOW, None),
        ("longest_wait", SUBJECT, "quiet", person, NOW, NOW + 15 * MINUTE),
        ("longest_wait", SUBJECT, "release", person, NOW, None),
    ]
