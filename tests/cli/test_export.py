"""``ccmon export`` as it is typed: which rows, where they go, what is refused, and what the documents say of it."""

from __future__ import annotations

import csv
import io
import os
import re
import stat
import subprocess
from collections import defaultdict
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from benchmarks.terminal import terminal_environment
from ccmon.cli import export
from ccmon.database import database_file, exports
from ccmon.database.export_columns import TOTALS, Export, totals
from ccmon.database.table_specs import KINDS
from tests.commands import ccmon, done, one_line, status
from tests.databases import rows
from tests.processes import CCMON
from tests.snapshot.seeded_floor import still_floor

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "exports.md").read_text(encoding="utf-8")
DAY = ("--from", "2026-11-20", "--to", "2026-11-20")

Row = dict[str, str]


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A seeded floor on Monday, 2026-11-23, at 14:32; nobody may change it."""
    return still_floor(tmp_path_factory.mktemp("export") / "calls.db")


def table(path: Path, *words: str) -> list[Row]:
    return list(csv.DictReader(io.StringIO(done("export", *words, "--db", path))))


def seconds(rows: Iterable[Row], name: str) -> float:
    return round(sum(float(row[name] or 0) for row in rows), 3)


def test_what_can_be_exported_is_what_the_command_names() -> None:
    assert (*exports.kinds(), "totals") == export.KINDS
    assert export.TOTALS_BY == TOTALS
    assert set(export.KINDS) == {"calls", *KINDS, "agent-states", "totals"}


def test_days_alone_are_whole_and_one_after_the_other_holds_each_row_once(path: Path) -> None:
    whole = table(path, "calls", "--from", "2026-11-19", "--to", "2026-11-21")
    each = [table(path, "calls", "--from", f"2026-11-{day}", "--to", f"2026-11-{day}") for day in (19, 20, 21)]
    assert [len(day) > 20 for day in each[:2]] == [True, True]
    assert [row for day in each for row in day] == whole
    assert {row["entered_at"][:10] for row in each[1]} == {"2026-11-20"}
    (expected,) = rows(
        path, "SELECT count(*) FROM calls JOIN business_days ON entered_at >= starts_at AND entered_at < ends_at "
        "WHERE date = '2026-11-20'",
    )  # fmt: skip
    assert len(each[1]) == expected[0]


def test_a_moment_is_in_what_begins_with_it_and_not_in_what_ends_with_it(path: Path) -> None:
    moment = table(path, "calls", *DAY)[5]["entered_at"]
    before = table(path, "calls", "--from", "2026-11-20", "--to", moment)
    after = table(path, "calls", "--from", moment, "--to", "2026-11-20")
    assert before + after == table(path, "calls", *DAY)
    assert (len(before), after[0]["entered_at"]) == (5, moment)


@pytest.mark.parametrize(
    ("words", "first", "last"),
    [
        (("--from", "yesterday", "--to", "yesterday"), "2026-11-22T00:00:00+01:00", "2026-11-23T00:00:00+01:00"),
        (("--from", "friday", "--to", "friday 12:00"), "2026-11-20T00:00:00+01:00", "2026-11-20T12:00:00+01:00"),
        (("--from", "9:00"), "2026-11-23T09:00:00+01:00", None),
        (("--to", "today"), None, "2026-11-24T00:00:00+01:00"),
        (("--from", "tomorrow"), "2026-11-24T00:00:00+01:00", None),
    ],
)
def test_times_are_those_that_people_type(path: Path, words: tuple[str, ...], first: str | None, last: str) -> None:
    every = table(path, "shifts")
    found = [
        row
        for row in every
        if (first is None or row["starts_at"] >= first) and (last is None or row["starts_at"] < last)
    ]
    assert table(path, "shifts", *words) == found


def by_sql(path: Path, condition: str) -> int:
    return int(
        rows(
            path, "SELECT count(*) FROM calls AS c LEFT JOIN queues AS q ON q.id = c.queue_id "
            "LEFT JOIN agents AS a ON a.id = c.agent_id LEFT JOIN teams AS t ON t.id = a.team_id "
            f"LEFT JOIN campaigns AS p ON p.id = c.campaign_id WHERE {condition}",
        )[0][0]
    )  # fmt: skip


def test_rows_of_one_queue_team_or_client(path: Path) -> None:
    queue, team = (str(rows(path, f"SELECT min(name) FROM {kind}")[0][0]) for kind in ("queues", "teams"))
    client_id, client = rows(path, "SELECT id, name FROM clients ORDER BY name")[0]
    of_queue = table(path, "calls", "--queue", queue.upper())
    assert {row["queue"] for row in of_queue} == {queue}
    assert len(of_queue) == by_sql(path, f"q.name = '{queue}'")
    of_team = table(path, "calls", "--team", team)
    assert len(of_team) == by_sql(path, f"t.name = '{team}'")
    both = table(path, "calls", "--team", team, "--queue", queue)
    assert both == [row for row in of_team if row in of_queue]
    inbound = by_sql(path, f"c.direction = 'inbound' AND q.client_id = {client_id}")
    outbound = by_sql(path, f"c.direction = 'outbound' AND coalesce(p.client_id, t.client_id) = {client_id}")
    assert len(table(path, "calls", "--client", client)) == inbound + outbound
    assert 0 < inbound < by_sql(path, "c.direction = 'inbound'")


@pytest.mark.parametrize("kind", ["sales", "surveys", "survey-invitations", "follow-ups", "call-reasons", "shifts"])
def test_other_rows_can_be_narrowed_too(path: Path, kind: str) -> None:
    every = table(path, kind)
    known = exports.kinds()[kind].narrowed_by
    for what, plural in (("queue", "queues"), ("team", "teams"), ("client", "clients")):
        if what not in known:
            continue
        parts = [table(path, kind, f"--{what}", name) for (name,) in rows(path, f"SELECT name FROM {plural}")]
        assert sum(map(len, parts)) <= len(every)
        assert all(row in every for part in parts for row in part[:20])
        if (kind, what) not in {("follow-ups", "queue"), ("sales", "queue")}:
            assert len([part for part in parts if part]) > 1, what


def test_calls_of_several_sources_are_told_apart(tmp_path: Path, path: Path) -> None:
    copy = still_floor(tmp_path / "calls.db")
    assert ccmon("export", "calls", *DAY, "--db", path).stderr == ""
    with closing(database_file.open_writer(copy)) as connection:
        connection.execute(
            "UPDATE calls SET source = 'old' WHERE id IN (SELECT id FROM calls ORDER BY entered_at LIMIT 3)"
        )
    said = ccmon("export", "calls", "--db", copy)
    assert "These calls come from 2 sources (old, simulator)" in said.stderr
    alone = ccmon("export", "calls", "--source", "old", "--db", copy)
    assert (alone.stderr, len(alone.stdout.splitlines())) == ("", 4)
    assert "There is no source 'new'" in one_line(ccmon("export", "calls", "--source", "new", "--db", copy))


def test_totals_of_queues_are_what_the_calls_and_the_status_say(path: Path) -> None:
    calls = [row for row in table(path, "calls", *DAY) if row["direction"] == "inbound" and row["outcome"] != "blocked"]
    found = {row["queue"]: row for row in table(path, "totals", *DAY)}
    shown = {queue["name"]: queue for queue in status(path, "--at", "2026-11-20")["queues"]}
    assert len(found) > 2
    of_queue: defaultdict[str, list[Row]] = defaultdict(list)
    for call in calls:
        of_queue[call["queue"]].append(call)
    assert of_queue.keys() == found.keys()
    for name, row in found.items():
        own = of_queue[name]
        answered = [call for call in own if call["outcome"] == "answered"]
        abandoned = [call for call in own if call["outcome"] == "abandoned"]
        threshold, short = float(row["service_level_threshold"]), float(row["short_abandon"])
        assert row["day"] == "2026-11-20"
        assert int(row["offered"]) == len(own) == shown[name]["offered"]
        assert int(row["answered"]) == len(answered)
        assert int(row["answered_in_threshold"]) == sum(float(call["wait"]) <= threshold for call in answered)
        assert int(row["abandoned"]) == len(abandoned)
        assert int(row["short_abandoned"]) == sum(float(call["wait"]) <= short for call in abandoned)
        assert int(row["timed_out"]) == sum(call["outcome"] == "timeout" for call in own)
        assert int(row["handled"]) == len(answered)
        assert float(row["answered_wait"]) == seconds(answered, "wait")
        for part in ("talk", "hold", "wrap_up"):
            assert float(row[part]) == seconds(answered, part)
        figures = shown[name]
        assert float(row["service_level"]) == pytest.approx(figures["service_level"])
        assert float(row["abandonment_rate"]) == pytest.approx(figures["abandonment_rate"])
        assert float(row["speed_of_answer"]) == pytest.approx(figures["asa_s"], abs=0.001)
        assert float(row["handling_time"]) == pytest.approx(figures["aht_s"], abs=0.001)


def test_quarters_add_up_to_the_day(path: Path) -> None:
    quarters = table(path, "totals", "--by", "queue-quarter", *DAY)
    sums = [column.name for column in totals("queue-day").columns[2:19]]
    for day in table(path, "totals", *DAY):
        own = [row for row in quarters if row["queue"] == day["queue"]]
        assert len(own) > 4
        assert [seconds(own, name) for name in sums] == [float(day[name]) for name in sums]
        assert all(row["starts_at"][14:19] in {"00:00", "15:00", "30:00", "45:00"} for row in own)
        assert all(row["service_level_threshold"] == day["service_level_threshold"] for row in own)


def test_totals_of_agents_are_what_calls_states_and_sales_say(path: Path) -> None:
    found = {row["agent"]: row for row in table(path, "totals", "--by", "agent-day", *DAY)}
    calls = [row for row in table(path, "calls", *DAY) if row["outcome"] == "answered"]
    states, sales = table(path, "agent-states", *DAY), table(path, "sales", *DAY)
    shown = {agent["name"]: agent for agent in status(path, "--at", "2026-11-20")["agents"]}
    names = {row["agent"]: row["name"] for row in states}
    assert len(names) > 5
    for login, name in names.items():
        row = found[login]
        assert (row["name"], row["team"]) == (name, shown[name]["team"])
        for direction in ("inbound", "outbound"):
            own = [call for call in calls if call["agent"] == login and call["direction"] == direction]
            assert int(row[direction]) == len(own)
            for part in ("talk", "hold", "wrap_up"):
                assert float(row[f"{direction}_{part}"]) == seconds(own, part)
        for total, kinds in (
            ("ready", {"ready"}), ("paused", {"paused"}), ("talking", {"talking", "hold"}), ("hold", {"hold"}),
            ("wrap_up", {"wrap_up"}), ("other", {"ringing", "dialling", "wrap_up", "unavailable"}),
        ):  # fmt: skip
            spent = [state for state in states if state["agent"] == login and state["state"] in kinds]
            assert float(row[total]) == seconds(spent, "length"), total
        stand = [sale for sale in sales if sale["agent"] == login and not sale["cancelled_at"]]
        assert int(row["sales"]) == len(stand)
        assert float(row["revenue"]) == pytest.approx(seconds(stand, "amount"))
        handled = int(row["inbound"]) + int(row["outbound"])
        spent_s = sum(
            float(row[f"{way}_{part}"]) for way in ("inbound", "outbound") for part in ("talk", "hold", "wrap_up")
        )
        assert float(row["handling_time"] or 0) == pytest.approx(spent_s / max(1, handled), abs=0.001)
        if row["conversion"]:
            assert float(row["conversion"]) == pytest.approx(int(row["converted"]) / int(row["sales_calls"]))


def test_states_are_those_of_the_database(path: Path) -> None:
    states = table(path, "agent-states", *DAY)
    expected = rows(
        path, "SELECT a.login, s.state, s.ended_at - s.started_at FROM agent_states AS s "
        "JOIN agents AS a ON a.id = s.agent_id "
        "JOIN business_days AS d ON s.started_at >= d.starts_at AND s.started_at < d.ends_at "
        "WHERE d.date = '2026-11-20' ORDER BY s.started_at, s.id",
    )  # fmt: skip
    assert [(row["agent"], row["state"], round(float(row["length"]) * 1000)) for row in states] == expected
    now = table(path, "agent-states", "--from", "today")
    assert {row["ended_at"] for row in now if not row["length"]} == {""}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("cals",), "cals cannot be exported; did you mean calls?"),
        (("calls", "--by", "agent-day"), "only totals are by something."),
        (("totals", "--by", "quarter"), "quarter are no totals; did you mean queue-quarter?"),
        (("sales", "--source", "pbx"), "only calls have a source."),
        (("customers", "--team", "Care"), "customers cannot be narrowed to one team."),
        (("totals", "--team", "Care"), "totals cannot be narrowed to one team; there can be --queue and --client."),
        (("customers", "--from", "yesterday"), "customers are not of a time: leave it out."),
        (("calls", "--from", "soon"), "'soon' is not a time; write it as"),
        (("calls", "--from", "2026-11-24", "--to", "2026-11-23"), "From 2026-11-24 to 2026-11-23 there is no time;"),
    ],
)
def test_what_means_nothing_is_refused(path: Path, words: tuple[str, ...], said: str) -> None:
    assert said in one_line(ccmon("export", *words, "--db", path), 2)


def test_a_name_that_nobody_has_is_answered_with_the_nearest(path: Path) -> None:
    name = str(rows(path, "SELECT min(name) FROM queues")[0][0])
    said = one_line(ccmon("export", "calls", "--queue", f"{name[:-1]}x", "--db", path))
    assert said == f"ccmon: There is no queue '{name[:-1]}x'; did you mean {name}?"


def test_a_file_is_written_whole_or_not_at_all(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "calls.csv"
    said = ccmon("export", "calls", *DAY, "--output", file, "--db", path)
    count = len(table(path, "calls", *DAY))
    assert (said.stdout, said.stderr) == (f"Wrote {count:,} rows of calls to {file}.\n", "")
    assert file.read_bytes().decode() == done("export", "calls", *DAY, "--db", path)
    file.chmod(0o640)
    before = file.read_bytes()

    def broken_off(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("ccmon.report.csv_export.row_writer", broken_off)
    assert ccmon("export", "calls", "--output", file, "--db", path).returncode == 130
    assert (file.read_bytes(), list(tmp_path.iterdir())) == (before, [file])
    monkeypatch.undo()
    done("export", "sales", *DAY, "--output", file, "--db", path)
    assert (file.read_bytes() != before, stat.S_IMODE(file.stat().st_mode)) == (True, 0o640)


def test_a_link_and_a_pipe_stay_what_they_are(path: Path, tmp_path: Path) -> None:
    file, link, pipe = tmp_path / "a.csv", tmp_path / "b.csv", tmp_path / "pipe"
    link.symlink_to(file)
    done("export", "teams", "--output", link, "--db", path)
    assert link.is_symlink()
    os.mkfifo(pipe)
    with subprocess.Popen(["cat", pipe], stdout=subprocess.PIPE) as reader:
        done("export", "teams", "--output", pipe, "--db", path)
        read, _ = reader.communicate()
    assert read == file.read_bytes() == done("export", "teams", "--output", "-", "--db", path).encode()


@pytest.mark.parametrize(
    ("file", "status", "said"),
    [
        ("/", 2, "/ is a directory; name a file in it."),
        ("/nowhere/calls.csv", 1, "/nowhere/calls.csv cannot be written: No such file or directory; check its path."),
        ("/dev/full", 1, "/dev/full cannot be written: No space left on device; make room on its disk."),
    ],
)
def test_what_cannot_be_written_is_told(path: Path, file: str, status: int, said: str) -> None:
    assert said in one_line(ccmon("export", "calls", "--output", file, "--db", path), status)


def test_it_is_utf_8_whatever_the_locale(path: Path, tmp_path: Path) -> None:
    copy = still_floor(tmp_path / "calls.db")
    with closing(database_file.open_writer(copy)) as connection:
        connection.execute("UPDATE teams SET name = 'Süd 李' WHERE id = 1")
        connection.execute("UPDATE teams SET name = CAST(x'e97a' AS TEXT) WHERE id = 2")
    file = tmp_path / "teams.csv"
    with file.open("wb") as output:
        environment = terminal_environment(PYTHONIOENCODING="latin-1", CCMON_DB=str(copy))
        run = subprocess.run(
            [CCMON, "export", "teams"], env=environment, stdout=output, stderr=subprocess.PIPE, check=False
        )
    assert (run.returncode, run.stderr) == (0, b"")
    text = file.read_bytes().decode()
    assert "\nSüd 李," in text
    assert "\n\ufffdz," in text, "another program's text that is no UTF-8 keeps no other row out"
    assert "\r" not in text


def test_whoever_stops_reading_is_told_nothing(path: Path) -> None:
    environment = terminal_environment(CCMON_DB=str(path))
    with subprocess.Popen(
        [CCMON, "export", "calls"], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as run:
        assert run.stdout is not None
        assert run.stderr is not None
        run.stdout.read(10)
        run.stdout.close()
        assert run.stderr.read() == b""
        assert run.wait() == 1


def test_all_rows_are_of_one_moment(path: Path, tmp_path: Path) -> None:
    copy = still_floor(tmp_path / "calls.db")
    with exports.open_export(copy, exports.kinds()["sales"], exports.Asked()) as found:
        read = [next(found.rows)]
        with closing(database_file.open_writer(copy)) as connection:
            connection.execute("DELETE FROM sales")
        read += found.rows
    assert (len(read), rows(copy, "SELECT count(*) FROM sales")) == (found.total, [(0,)])
    assert found.total > 100


def documented(heading: str) -> list[tuple[str, str]]:
    """The rows of the first table with columns below a heading."""
    _, _, below = PAGE.partition(f"\n{heading}\n")
    section = re.split(r"^#", below, maxsplit=1, flags=re.MULTILINE)[0]
    return re.findall(r"^\| (\w+) \| (.+) \|$", section, re.MULTILINE)[1:]


@pytest.mark.parametrize(
    ("heading", "exported"),
    [
        ("## Calls", exports.kinds()["calls"]),
        ("## States of agents", exports.kinds()["agent-states"]),
        *((f"### By {by}", totals(by)) for by in TOTALS),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_each_column_is_documented_and_no_other(path: Path, heading: str, exported: Export) -> None:
    assert documented(heading) == [(column.name, column.help) for column in exported.columns]
    with exports.open_export(path, exported, exports.Asked()) as found:
        assert len(next(found.rows)) == len(exported.columns)


def test_the_page_says_what_can_be_exported_and_by_which_moment() -> None:
    (named,) = re.findall(r"^What can be exported: (.*)\.$", PAGE, re.MULTILINE)
    assert re.split(r", | and ", named) == list(export.KINDS)
    _, _, below = PAGE.partition("| kind | by |\n|---|---|\n")
    moments = dict(re.findall(r"^\| ([\w-]+) \| (.+) \|$", below.partition("\n\n")[0], re.MULTILINE))
    assert moments.pop("totals").startswith("when the day")
    assert moments == {name: kind.moment_in_words for name, kind in exports.kinds().items() if kind.moment}


def test_the_page_says_what_can_be_narrowed() -> None:
    _, _, below = PAGE.partition("| kind | `--queue` | `--team` | `--client` |\n|---|---|---|---|\n")
    said = {}
    for line in below.partition("\n\n")[0].splitlines():
        names, *by = [cell.strip() for cell in line.strip("|").split("|")]
        for name in names.split(", "):
            said[name] = {kind for kind, cell in zip(("queue", "team", "client"), by, strict=True) if cell}
    by_queue, by_agent = said.pop("totals by queue-day and queue-quarter"), said.pop("totals by agent-day")
    assert [totals(by).narrowed_by.keys() for by in TOTALS] == [by_queue, by_queue, by_agent]
    assert said == {
        name: set(kind.narrowed_by) - {"source"} for name, kind in exports.kinds().items() if kind.narrowed_by
    }
