"""Streams as other programs read them: jq, a client of HTTP with Prometheus' parser, and those who end them."""

from __future__ import annotations

import http.client
import json
import re
import select
import shutil
import signal
import socket
import sqlite3
import subprocess
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import IO, Any

import pytest

from benchmarks.terminal import WATCHDOG_S, terminal_environment
from ccmon.cli.metrics_server import MOST_CONNECTIONS
from ccmon.report.openmetrics import OPENMETRICS, PROMETHEUS, exposition_without_data
from tests.processes import CCMON, wait_until
from tests.report.test_openmetrics import value, values
from tests.report.test_schema import VALIDATOR
from tests.snapshot.seeded_floor import still_floor


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return still_floor(tmp_path / "calls.db")


@contextmanager
def running(*words: str | Path, stdout: int | IO[Any] = subprocess.PIPE) -> Iterator[subprocess.Popen[str]]:
    """A command that goes on, killed in the end if it still does."""
    process = subprocess.Popen(
        [CCMON, *words],
        stdin=subprocess.DEVNULL,
        stdout=stdout,
        stderr=subprocess.PIPE,
        text=True,
        env=terminal_environment(),
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate(timeout=WATCHDOG_S)


def next_line(stream: IO[str] | None) -> str:
    """The next line that a process prints; fails rather than hangs."""
    assert stream is not None
    ready, _, _ = select.select([stream], [], [], WATCHDOG_S)
    assert ready, "no line came"
    return stream.readline()


def next_object(stream: IO[str] | None) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(next_line(stream))
    return found


def add_queue(path: Path, name: str) -> None:
    with closing(sqlite3.connect(path, isolation_level=None, timeout=WATCHDOG_S)) as connection:
        connection.execute("INSERT INTO queues (name) VALUES (?)", (name,))


def ended(process: subprocess.Popen[str], number: signal.Signals | None) -> tuple[int, str]:
    """The exit status of a process after a signal, and what it has said on standard error."""
    if number is not None:
        process.send_signal(number)
    _, said = process.communicate(timeout=WATCHDOG_S)
    return process.returncode, said


def test_each_change_is_a_line_and_a_signal_ends_it_quietly(path: Path) -> None:
    with running("status", "--watch", "--db", path) as watch:
        first = next_object(watch.stdout)
        VALIDATOR.validate(first)
        assert first["satisfaction"], "all is known from the first line on"
        add_queue(path, "new")
        second = next_object(watch.stdout)
        assert len(second["queues"]) == len(first["queues"]) + 1
        VALIDATOR.validate(second)
        assert ended(watch, signal.SIGTERM) == (0, "")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_it_while_nobody_reads(path: Path, number: signal.Signals) -> None:
    with running("status", "--watch", "--every", "1", "--db", path) as watch:
        lines = watch.stdout
        assert lines is not None
        wait_until(lambda: select.select([lines], [], [], 0)[0], what="the first line")
        assert ended(watch, number) == (0, "")


def test_it_ends_when_its_reader_has_gone_though_nothing_changes(path: Path) -> None:
    with running("status", "--watch", "--db", path) as watch:
        assert watch.stdout is not None
        next_line(watch.stdout)
        watch.stdout.close()
        watch.stdout = None
        assert ended(watch, None) == (0, "")


def test_a_database_that_goes_and_comes_back_is_two_lines(path: Path) -> None:
    with running("status", "--watch", "--only", "queues", "--db", path) as watch:
        first = next_object(watch.stdout)
        path.rename(path.with_suffix(".away"))
        away = next_object(watch.stdout)
        assert list(away) == ["at", "error"]
        assert "There is no database" in away["error"]
        path.with_suffix(".away").rename(path)
        assert next_object(watch.stdout)["queues"] == first["queues"]


@pytest.mark.skipif(shutil.which("jq") is None, reason="jq is not on this machine")
def test_jq_reads_the_lines_as_they_come(path: Path) -> None:
    with running("status", "--watch", "--only", "queues,total", "--db", path) as watch:
        with subprocess.Popen(
            ["jq", "--unbuffered", "-c", "[.total.offered, (.queues | map(.offered) | add), keys_unsorted]"],
            stdin=watch.stdout,
            stdout=subprocess.PIPE,
            text=True,
        ) as jq:
            total, added, keys = json.loads(next_line(jq.stdout))
            assert total == added > 0
            assert keys == ["at", "data_at", "data_age_s", "queues", "total"]
            add_queue(path, "new")
            assert json.loads(next_line(jq.stdout))[0] == total
            jq.terminate()
        assert watch.stdout is not None
        watch.stdout.close()
        watch.stdout = None
        assert ended(watch, None) == (0, "")


def test_a_file_is_written_again_and_has_no_figures_once_stopped(path: Path, tmp_path: Path) -> None:
    file = tmp_path / "ccmon.prom"
    with running("openmetrics", "--db", path, "--output", file, "--every", "1") as writing:
        wait_until(file.exists, what="the file")
        assert value(values(file.read_text()), "ccmon_up") == 1
        add_queue(path, "new")
        wait_until(lambda: 'queue="new"' in file.read_text(), what="the new queue")
        assert ended(writing, signal.SIGTERM) == (0, "")
    assert file.read_text() == exposition_without_data()


@pytest.fixture
def address(path: Path) -> Iterator[tuple[str, int]]:
    """Where metrics of a floor are served."""
    with running("openmetrics", "--db", path, "--listen", "127.0.0.1:0") as serving:
        found = re.search(r"http://([\d.]+):(\d+)/metrics; Ctrl-C stops\.", next_line(serving.stderr))
        assert found
        yield found[1], int(found[2])
        assert ended(serving, signal.SIGINT)[0] == 0


def ask(
    address: tuple[str, int], path: str = "/metrics", method: str = "GET", **headers: str
) -> tuple[int, str, http.client.HTTPMessage]:
    with closing(http.client.HTTPConnection(*address, timeout=WATCHDOG_S)) as connection:
        connection.request(method, path, headers=headers)
        answer = connection.getresponse()
        return answer.status, answer.read().decode(), answer.headers


def test_the_port_answers_with_metrics_of_now_and_nothing_else(address: tuple[str, int], path: Path) -> None:
    status, text, headers = ask(address)
    assert (status, headers["Content-Type"]) == (200, PROMETHEUS)
    found = values(text)
    assert value(found, "ccmon_up") == 1
    assert ask(address, Accept="application/openmetrics-text;version=1.0.0,*/*;q=0.1")[2]["Content-Type"] == OPENMETRICS
    assert ask(address, "/metrics?x=1")[0] == 200
    for other in ("/", "/metrics/", "/status"):
        status, text, _ = ask(address, other)
        assert (status, "ccmon_" in text) == (404, False)
    for method in ("POST", "PUT", "DELETE", "HEAD", "OPTIONS"):
        status, _, headers = ask(address, method=method)
        assert (status, headers["Allow"]) == (405, "GET")
    assert "Python" not in headers["Server"]
    add_queue(path, "new")
    wait_until(lambda: value(values(ask(address)[1]), "ccmon_queue_offered", queue="new") == 0, what="the new queue")
    path.rename(path.with_suffix(".away"))
    wait_until(lambda: ask(address)[1] == exposition_without_data(), what="that the database is away")
    path.with_suffix(".away").rename(path)
    wait_until(lambda: value(values(ask(address)[1]), "ccmon_up") == 1, what="that it is back")


def test_who_says_nothing_holds_up_nobody_and_many_are_hung_up_on(path: Path) -> None:
    with running("openmetrics", "--db", path, "--listen", "127.0.0.1:0") as serving:
        found = re.search(r"http://([\d.]+):(\d+)/", next_line(serving.stderr))
        assert found
        at = found[1], int(found[2])
        silent = [socket.create_connection(at, timeout=WATCHDOG_S) for _ in range(MOST_CONNECTIONS - 1)]
        texts: list[str] = []
        asking = threading.Thread(target=lambda: texts.append(ask(at)[1]), daemon=True)
        asking.start()
        asking.join(WATCHDOG_S)
        assert value(values(texts[0]), "ccmon_up") == 1
        silent.append(socket.create_connection(at, timeout=WATCHDOG_S))
        over = socket.create_connection(at, timeout=WATCHDOG_S)
        assert over.recv(1) == b"", "hung up on"
        silent[0].sendall(b"GET /metrics HTTP/1.0\r\n\r\n")
        assert silent[0].recv(12) == b"HTTP/1.0 200"
        for each in (*silent, over):
            each.close()
        assert ended(serving, signal.SIGTERM) == (0, "")


def test_a_port_that_is_taken_is_an_error_in_one_sentence(path: Path, address: tuple[str, int]) -> None:
    words = ["openmetrics", "--db", str(path), "--listen", f"{address[0]}:{address[1]}"]
    with running(*words) as second:
        status, said = ended(second, None)
    assert status == 1
    assert said == (
        f"ccmon: {address[0]}:{address[1]} cannot be listened at: Address already in use; check it, and try again.\n"
    )
