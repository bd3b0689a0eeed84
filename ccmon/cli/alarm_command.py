"""Runs ``ccmon alarms --exec``: a command when an alarm opens and when it clears, with JSON on its standard input.

What has been told is remembered in a file: whoever starts it again is told nothing twice, and what has cleared since.
A command that fails is run again after a minute, until it succeeds.
"""

from __future__ import annotations

import gc
import hashlib
import json
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from ccmon import settings
from ccmon.cli.live_readings import LiveReadings
from ccmon.cli.values import database_path
from ccmon.errors import CcmonError, UsageError
from ccmon.formatting import plain
from ccmon.model.alarms import Alarm
from ccmon.model.snapshot import FloorSnapshot
from ccmon.report.json_writer import as_line
from ccmon.sources.stop import Stop
from ccmon.whole_file import write_whole

POLL_S = 1.0
RETRY_S = 60.0
LONGEST_S = 60.0
"""How long the command may run."""
Key = tuple[str, str]
"""Rule and subject."""
Event = Mapping[str, Any]


def run_for_alarms(db: Path | None, command: str, state: Path | None) -> None:
    """Run the command for each alarm until a signal comes.

    Args:
        db: the database; None: as the settings say.
        command: the program and its words, as a shell would split them; no shell runs it.
        state: the file that remembers what was told; None: one for this database and this command.

    Raises:
        CcmonError: the database cannot be read at the beginning, or there is no such program.
    """
    gc.enable()  # unlike other forms of the command, this one stays
    path, words = database_path(db), _words(command)
    told = Told(state or _usual_file(path, command))
    stop = Stop()
    with stop.on_signals(), LiveReadings(path, settings.load(db).alarms) as floor:
        floor.read_all(whole=True)
        teller = Teller(told, lambda event: _run(words, event))
        while not stop.asked:
            try:
                teller.look_at(floor.read_all())
            except CcmonError as error:
                _warn(str(error))
            stop.wait(POLL_S)


def _words(command: str) -> list[str]:
    try:
        words = shlex.split(command)
    except ValueError as error:
        raise UsageError(f"--exec {command}: {error}.") from None
    if not words:
        raise UsageError("--exec needs a command.")
    if shutil.which(words[0]) is None:
        raise UsageError(f"--exec: there is no program {words[0]} that this user may run.")
    return words


def _usual_file(path: Path, command: str) -> Path:
    digest = hashlib.sha256(f"{path.absolute()}\0{command}".encode()).hexdigest()[:16]
    return settings.state_directory() / f"alarms-{digest}.json"


class Told:
    """Alarms that have been told as opened, and not yet as cleared; kept in a file."""

    def __init__(self, file: Path) -> None:
        """What the file says; nothing if there is none, or it is none of ours."""
        self._file = file
        self.alarms: dict[Key, dict[str, Any]] = {}
        """As they were told."""
        with suppress(OSError, ValueError, TypeError, KeyError):
            found = json.loads(file.read_text(encoding="utf-8"))
            self.alarms = {(alarm["rule"], alarm["subject"]): alarm for alarm in found["told"]}

    def keep(self) -> None:
        """Write the file.

        Raises:
            CcmonError: it cannot be written.
        """
        text = json.dumps({"told": list(self.alarms.values())}, indent=1)
        write_whole(self._file, f"{text}\n", mode=0o600, folder_mode=0o700)


class Teller:
    """Tells of alarms as they open and clear."""

    def __init__(self, told: Told, tell: Callable[[Event], bool], clock: Callable[[], float] = time.monotonic) -> None:
        """Tells by a function.

        Args:
            told: what has been told before.
            tell: tells of one event; False: it could not, and is asked again later.
            clock: a clock that is never put back, in seconds.
        """
        self._told, self._tell, self._clock = told, tell, clock
        self._try_again_s: dict[tuple[str, Key], float] = {}
        """By what is to be told, when to try again."""
        self._seen: Sequence[Alarm] = ()

    def look_at(self, floor: FloorSnapshot) -> None:
        """Tell what has opened or cleared; one that is part of another alarm has neither.

        Raises:
            CcmonError: what was told cannot be kept.
        """
        if floor.incomplete is not None:
            return  # an alarm that is not known yet has not cleared
        if floor.alarms is self._seen and not self._try_again_s:
            return
        self._seen = floor.alarms
        written = json.loads(as_line(floor, {"alarms"}))
        standing = {(part.rule.value, part.subject) for alarm in floor.alarms for part in (alarm, *alarm.parts)}
        for key, alarm in list(self._told.alarms.items()):
            if key not in standing:
                self._say("cleared", key, alarm, written["at"], floor.site)
        for alarm in written["alarms"]:
            key = alarm["rule"], alarm["subject"]
            if key not in self._told.alarms and alarm["quiet_until"] is None:
                self._say("opened", key, alarm, written["at"], floor.site)

    def _say(self, event: str, key: Key, alarm: dict[str, Any], at: str, site: str | None) -> None:
        if self._clock() < self._try_again_s.get((event, key), 0.0):
            return
        if not self._tell({"event": event, "at": at, "site": site, "alarm": alarm}):
            self._try_again_s[event, key] = self._clock() + RETRY_S
            return
        self._try_again_s.pop((event, key), None)
        if event == "opened":
            self._told.alarms[key] = alarm
        else:
            del self._told.alarms[key]
        self._told.keep()


def _run(words: Sequence[str], event: Event) -> bool:
    """Run the command for an event; whether it succeeded."""
    try:
        done = subprocess.run(  # noqa: S603 (the user's own command; what is foreign is on its standard input)
            list(words), input=json.dumps(event).encode() + b"\n", timeout=LONGEST_S, check=False
        )
    except OSError as error:
        _warn(f"{words[0]} cannot be run: {error.strerror}; trying again in a minute.")
        return False
    except subprocess.TimeoutExpired:
        _warn(f"{words[0]} took longer than {LONGEST_S:.0f} s; trying again in a minute.")
        return False
    if done.returncode:
        _warn(f"{words[0]} ended with {done.returncode}; trying again in a minute.")
    return not done.returncode


def _warn(sentence: str) -> None:
    sys.stderr.write(f"ccmon: {plain(sentence)}\n")
    sys.stderr.flush()
