"""``ccmon import queue-log`` and ``ccmon follow queue-log`` as a person types them."""

from __future__ import annotations

from pathlib import Path

import pytest

from ccmon.cli.import_ import import_queue_log
from ccmon.sources.queue_log import import_files
from tests.commands import ccmon
from tests.databases import new_database

SAMPLE = Path(__file__).parents[2] / "sample_data" / "queue_log"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return new_database(tmp_path / "calls.db", time_zone="Europe/Paris")


def test_import(path: Path) -> None:
    first = ccmon("import", "queue-log", SAMPLE, "--db", path)
    assert first.returncode == 0, first.stderr
    assert first.stderr == ""
    again = ccmon("import", "queue-log", "-", "--db", path, stdin=SAMPLE.read_text())
    lines = SAMPLE.read_bytes().count(b"\n")
    told = first.stdout.splitlines()
    assert told[0].startswith(f"{lines} lines of 1 file in ")
    assert told[1].endswith(f" calls from {lines} new records")
    assert again.stdout.splitlines()[1:] == [
        "0 calls from 0 new records",
        f"{lines} lines in the database already",
    ]


def test_one_of_each_is_no_plural(path: Path, tmp_path: Path) -> None:
    records = [
        "1795422000|1.1|sales|NONE|ENTERQUEUE||100|1\n",
        "1795422005|1.1|sales|NONE|DISPOSITION|x\n",
        "no record\n",
        "1795422009|1.1|sales|NONE|ABA",
    ]
    log = tmp_path / "queue_log"
    said = []
    for text in (records[0], "".join(records)):
        log.write_text(text)
        said.append(ccmon("import", "queue-log", log, "--db", path).stdout)
    assert said[0].splitlines()[1:] == ["1 call from 1 new record"]
    assert said[1].splitlines()[1:] == [
        "0 calls from 1 new record",
        "1 line in the database already",
        "1 record of events that ccmon does not know: DISPOSITION 1",
        "1 line not understood; ccmon sources --rejected shows which",
        "1 unfinished last line left out; import again when the log has grown",
    ]


def test_who_breaks_an_import_off_is_told_what_went_in(
    path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(import_files, "_import_one", interrupted)
    with pytest.raises(KeyboardInterrupt):
        import_queue_log([str(SAMPLE)], path)
    assert "each log is imported whole or not at all" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "status", "sentence"),
    [
        (["import", "queue-log", "nowhere"], 1, "nowhere cannot be read: No such file or directory; check its path."),
        (["import", "queue-log", "."], 1, ". is a directory; name the queue logs in it: ./queue_log*"),
        (["follow", "queue-log", "."], 1, ". is a directory; name the queue log in it."),
        (["import", "queue-log", "x", "--encoding", "klingon"], 2, "klingon cannot be a queue log's encoding"),
        (["import", "queue-log", "x", "--queues-conf", "nowhere"], 1, "nowhere cannot be read"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(path: Path, arguments: list[str], status: int, sentence: str) -> None:
    told = ccmon(*arguments, "--db", path)
    assert told.returncode == status
    assert sentence in told.stderr
    assert told.stderr.count("\n") == 1


def test_without_a_database_nothing_is_made(tmp_path: Path) -> None:
    for command in ("import", "follow"):
        told = ccmon(command, "queue-log", SAMPLE, "--db", tmp_path / "none.db")
        assert told.returncode == 1
        assert "There is no database" in told.stderr
    assert list(tmp_path.iterdir()) == []
