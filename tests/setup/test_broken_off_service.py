"""Setup that is broken off while it installs the service: the next one finds whose process runs, and restarts it."""

from __future__ import annotations

import shlex
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from ccmon import settings
from ccmon.database.database_file import open_for_reading, open_for_writing
from ccmon.services import followed, outdated
from ccmon.services.systemd import Systemd
from tests.setup.machines import Run, machine


class SimulatedSystemd:
    """Holds units as it has read them last, and runs each as it was when it was started."""

    def __init__(self, processes: Path) -> None:
        self._processes = processes
        self._loaded: dict[str, str] = {}
        self._started_us: dict[str, int] = {}
        self.calls: list[str] = []
        self.breaks: Callable[[str], bool] = lambda call: False
        """Whether somebody types Ctrl-C before a call."""

    def run(self, systemd: Systemd, *words: str) -> str:
        """What `Systemd.run` does."""
        name = words[-1]
        if words[0] != "show":
            self.calls.append(words[0])
            if self.breaks(words[0]):
                raise KeyboardInterrupt
        match words[0]:
            case "daemon-reload":
                self._loaded = {path.name: path.read_text() for path in systemd.ours()}
            case "restart":
                (line,) = (line for line in self._loaded[name].splitlines() if line.startswith("ExecStart="))
                (self._processes / "77").mkdir(parents=True, exist_ok=True)
                command = "\0".join([*shlex.split(line.partition("=")[2]), ""])
                (self._processes / "77/cmdline").write_text(command)
                self._started_us[name] = time.monotonic_ns() // 1000
            case "show" if name in self._started_us:
                needs = systemd.directory.joinpath(name).read_text() != self._loaded[name]
                return (
                    "ActiveState=active\nMainPID=77\nNRestarts=0\n"
                    f"ExecMainStartTimestampMonotonic={self._started_us[name]}\n"
                    f"NeedDaemonReload={'yes' if needs else 'no'}\n"
                )
        return ""

    def wait(self, seconds: int) -> None:
        """Have everything run for some time longer."""
        self._started_us = {name: start - seconds * 1_000_000 for name, start in self._started_us.items()}

    @property
    def written(self) -> str:
        """The database that the service writes."""
        return (self._processes / "77/cmdline").read_text().rstrip("\0").rpartition("\0")[2]


@pytest.fixture
def simulated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, systemctl: Path) -> SimulatedSystemd:
    made = SimulatedSystemd(tmp_path / "proc")
    monkeypatch.setattr(Systemd, "run", lambda systemd, *words: made.run(systemd, *words))  # noqa: PLW0108 — it is bound
    monkeypatch.setattr(followed, "PROCESSES", tmp_path / "proc")
    return made


def _in_one_word(text: str) -> str:
    """The same text without spaces: a path that is longer than a line is broken in it."""
    return "".join(text.split())


@pytest.mark.parametrize("before", ["daemon-reload", "enable", "restart"])
def test_a_move_that_is_broken_off_in_the_step_of_the_service_ends_with_a_restart(
    root: Path, simulated: SimulatedSystemd, before: str
) -> None:
    Run(machine(root))
    left, place = settings.load().database, root / "srv/ccmon/calls.db"
    with open_for_writing(left) as connection, connection:
        connection.execute("UPDATE sources SET following = 1")
    for _ in range(2):
        simulated.breaks = lambda call: call == before
        with pytest.raises(KeyboardInterrupt):
            Run(machine(root), database=str(place))
        assert simulated.written == str(left)
        assert [each.subject for each in outdated.findings(place)] == ["service ccmon-follow"]
    simulated.breaks = lambda call: False
    simulated.calls.clear()
    again = Run(machine(root)).text
    assert _in_one_word(f"Restart ccmon-follow it still writes {left}") in _in_one_word(again)
    assert simulated.calls == ["daemon-reload", "enable", "restart"]
    assert simulated.written == str(place)
    assert list(outdated.findings(place)) == []
    with open_for_reading(left) as connection:
        assert connection.execute("SELECT following FROM sources").fetchone() == (0,)
    assert "nothing was changed" in Run(machine(root)).text


def test_a_unit_that_has_changed_in_anything_is_taken_up(root: Path, simulated: SimulatedSystemd) -> None:
    Run(machine(root))
    simulated.wait(60)
    unit = Systemd(is_user=True).unit("ccmon-follow")
    unit.write_text(unit.read_text().replace("Nice=5", "Nice=7"))
    simulated.breaks = lambda call: call == "restart"
    with pytest.raises(KeyboardInterrupt):
        Run(machine(root))
    simulated.breaks = lambda call: False
    told = _in_one_word(Run(machine(root)).text)
    assert _in_one_word(f"Restart ccmon-follow it was started before {unit} was written") in told
    assert "nothing was changed" in Run(machine(root)).text
