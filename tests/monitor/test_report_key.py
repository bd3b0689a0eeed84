"""The key that writes the report of what the screen shows."""

from __future__ import annotations

import asyncio
import subprocess
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from ccmon.database.reader import snapshot
from ccmon.monitor import report_command
from ccmon.monitor.app import Monitor
from ccmon.monitor.report_command import report_file
from ccmon.snapshot.narrow import NO_FILTER, Filters
from tests.commands import ccmon
from tests.monitor.monitor_app import screen_text, tick, until, watching
from tests.report.reports import database
from tests.snapshot.seeded_floor import ZONE

NOW = datetime(2026, 11, 23, 14, 32, 7, tzinfo=ZoneInfo(ZONE))


@pytest.mark.parametrize(
    ("filters", "name"),
    [
        (NO_FILTER, "ccmon-2026-11-23-1432.html"),
        (Filters(client="Castellane Home"), "ccmon-2026-11-23-1432-castellane-home.html"),
        (Filters(queue="Größe/../x"), "ccmon-2026-11-23-1432-grosse-x.html"),
        (Filters(team="李"), "ccmon-2026-11-23-1432.html"),
        (Filters(team="a" * 300), f"ccmon-2026-11-23-1432-{'a' * 60}.html"),
    ],
)
def test_the_name_of_the_file_says_when_and_of_what(tmp_path: Path, filters: Filters, name: str) -> None:
    assert report_file(filters, NOW, tmp_path, Path("/nowhere")) == tmp_path / name


def test_without_a_home_that_can_be_written_it_is_the_current_directory(tmp_path: Path) -> None:
    assert report_file(NO_FILTER, NOW, None, tmp_path).parent == tmp_path
    assert report_file(NO_FILTER, NOW, tmp_path / "none", tmp_path).parent == tmp_path


def test_the_first_place_that_can_be_written_is_taken(tmp_path: Path) -> None:
    shared = tmp_path / "shared"
    assert report_file(NO_FILTER, NOW, shared, None, tmp_path).parent == tmp_path
    shared.mkdir()
    assert report_file(NO_FILTER, NOW, shared, tmp_path, tmp_path).parent == shared


@pytest.mark.parametrize(
    ("is_shared", "over_ssh", "sentence"),
    [
        (False, True, "The administrator can send you the report of the day: it is in /home/anna/r.html."),
        (False, False, "The report of the day is in /home/anna/r.html."),
        (True, True, "The report of the day is in /home/anna/r.html."),
    ],
)
def test_who_comes_over_ssh_is_told_who_can_fetch_it(
    monkeypatch: pytest.MonkeyPatch, is_shared: bool, over_ssh: bool, sentence: str
) -> None:
    monkeypatch.setenv("SSH_CONNECTION", "192.0.2.1 50000 192.0.2.2 22" if over_ssh else "")
    assert report_command.done_sentence(Path("/home/anna/r.html"), is_shared=is_shared) == sentence


def test_reports_go_where_settings_say_for_their_group(
    tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[object] = []
    run = asyncio.create_subprocess_exec

    async def noted(*words: str, umask: int, **_: object) -> object:
        asked.append(umask)
        return await run(*words)

    monkeypatch.setattr(asyncio, "create_subprocess_exec", noted)
    shared, file = tmp_path / "reports", tmp_path / "settings.toml"
    shared.mkdir()
    file.write_text('report_folder = "reports"\n')
    monkeypatch.setenv("CCMON_SETTINGS", str(file))
    for folder in (shared, home):
        result = asyncio.run(report_command.write_report(database(), NO_FILTER, NOW))
        assert result[:2] == (f"The report of the day is in {folder}/ccmon-2026-11-23-1432.html.", True)
        (made,) = folder.iterdir()
        assert made.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
        file.write_text("theme = 'dark'\n")
    assert asked == [0o027, 0o077]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home directory, with the command run in this process."""

    async def run(*words: str, **_: object) -> Finished:
        return Finished(ccmon(*words[words.index("ccmon") + 1 :]))

    monkeypatch.setattr(asyncio, "create_subprocess_exec", run)
    folder = tmp_path / "home"
    folder.mkdir()
    monkeypatch.setattr(report_command, "home_directory", lambda: folder)
    return folder


class Finished:
    """Stands for the process, whose command has run in this one."""

    def __init__(self, run: subprocess.CompletedProcess[str]) -> None:
        self.returncode = run.returncode
        self._said = run.stderr.encode()

    async def communicate(self) -> tuple[None, bytes]:
        return None, self._said


def pressed(app: Monitor, said: Callable[[str], bool]) -> list[str]:
    """The screen after the key, once something is said in the line of keys."""

    async def run() -> list[str]:
        async with app.run_test(size=(160, 40)) as pilot:
            await tick(pilot)
            await pilot.press("e")
            await until(pilot, lambda: said("\n".join(screen_text(app))))
            return screen_text(app)

    return asyncio.run(run())


def test_the_key_writes_what_is_shown_and_says_where(home: Path) -> None:
    floor = snapshot(database())
    client = next(str(queue.client) for queue in floor.queues if queue.client)
    app, _ = watching(floor, filters=Filters(client=client))
    app.database = database()
    lines = pressed(app, lambda text: "is in" in text)
    (file,) = home.iterdir()
    assert f"The report of the day is in {file}"[:120] in "\n".join(lines)
    text = file.read_text(encoding="utf-8")
    assert text.startswith("<!DOCTYPE html>")
    assert f"<b>client {client}</b>" in text
    assert "Monday 23 November 2026" in text


def test_what_is_wrong_is_a_sentence_on_the_screen(home: Path) -> None:
    app, _ = watching(snapshot(database()))
    home.rmdir()
    app.database = database().parent / "gone.db"
    lines = pressed(app, lambda text: "There is no database" in text)
    assert "Traceback" not in "\n".join(lines)
