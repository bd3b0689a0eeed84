"""Tables of calls by a mapping: every way of writing a moment, and going on where an import was broken off."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from ccmon.database import database_file
from ccmon.errors import CcmonError
from ccmon.sources.table import import_report
from ccmon.sources.table.call_import import DoubledCallsError, import_calls
from ccmon.sources.table.import_report import ImportReport
from ccmon.sources.table.infer_mapping import infer_mapping
from ccmon.sources.table.mapping import parse, read
from ccmon.time_units import HOUR_MS, MINUTE_MS
from tests.databases import new_database, open_copy, rows

ZONE = "Europe/Amsterdam"
SIMPLE = """
source = "table"
[call]
call_id = "id"
entered_at = "in"
answered_at = "answer"
ended_at = "out"
agent = "agent"
queue = "queue"
"""


def at(text: str) -> int:
    return round(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(ZONE)).timestamp() * 1000)


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return new_database(tmp_path_factory.mktemp("empty") / "calls.db", time_zone=ZONE)


class AgentAtWork:
    """An empty database, a file, and a mapping."""

    def __init__(self, path: Path) -> None:
        self.directory, self.path = path.parent, path

    def take(self, mapping: str, text: str | bytes, **options: Any) -> ImportReport:
        file = self.directory / "export.csv"
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        options.setdefault("now", at("2027-01-01T00:00:00"))
        return import_calls(self.path, file, parse(tomllib.loads(mapping), "M.toml"), **options)

    def rows(self, columns: str, table: str = "calls ORDER BY entered_at, visit") -> list[tuple[Any, ...]]:
        return rows(self.path, f"SELECT {columns} FROM {table}")


@pytest.fixture
def desk(empty: Path) -> Iterator[AgentAtWork]:
    with open_copy(empty) as (path, _):
        yield AgentAtWork(path)


def mapping(call: str, form: str = "") -> str:
    return f'source = "table"\n[file]\n{form}\n[call]\n{call}\n'


MOMENTS = [
    ('entered_at = "t"', "", "t\n2026-11-23 14:30:00\n"),
    ('entered_at = "t"', "", "t\n2026-11-23T13:30:00Z\n"),
    ('entered_at = "t"', "", "t\n1795440600\n"),
    ('entered_at = "t"', "", "t\n1795440600.0\n"),
    ('entered_at = { column = "t", format = "epoch_ms" }', "", "t\n1795440600000\n"),
    ('entered_at = { column = "t", format = "%d.%m.%Y %H:%M" }', "", "t\n23.11.2026 14:30\n"),
    ('entered_at = { column = "t", format = "%m/%d/%Y %I:%M:%S %p" }', "", "t\n11/23/2026 02:30:00 PM\n"),
    ('entered_at = { date = "d", time = "t" }', "", "d,t\n2026-11-23,14:30:00\n"),
    ('entered_at = { date = "d", time = "t" }', "", "d,t\n2026-11-23,2:30 pm\n"),
    ('entered_at = { date = "d", time = "t" }', 'date = "%y%m%d"', "d;t\n261123;14:30\n"),
    ('entered_at = { date = "d", time = "t" }', 'time = "%H%M"', "d\tt\n2026-11-23\t1430\n"),
    ('entered_at = { date = "d", time = "t" }', 'time_zone = "America/New_York"', "d|t\n2026-11-23|8:30\n"),
    ('entered_at = { date = 1, time = 2 }', "header = false", "2026-11-23,14:30:00\n"),
    ('entered_at = { before = "ended_at", column = "l" }\nended_at = "t"', "", "t,l\n2026-11-23 14:40:00,600\n"),
    ('entered_at = { before = "ended_at", column = "l", unit = "min" }\nended_at = "t"', "",
     "t,l\n2026-11-23 14:40,10\n"),
    ('entered_at = ["a", "b"]', 'nothing = ["-"]', "a,b\n-,2026-11-23 14:30\n"),
    ('entered_at = "T"', "", " t \n 2026-11-23 14:30 \n"),
]  # fmt: skip


@pytest.mark.parametrize(("call", "form", "text"), MOMENTS, ids=[text for *_, text in MOMENTS])
def test_every_way_of_writing_a_moment(desk: AgentAtWork, call: str, form: str, text: str) -> None:
    assert desk.take(mapping(call, form), text).added == 1
    assert desk.rows("entered_at") == [(at("2026-11-23T14:30:00"),)]


def test_a_call_over_midnight(desk: AgentAtWork) -> None:
    rules = "\n".join(
        f'{name} = {{ date = "d", time = "{name[0]}" }}' for name in ("entered_at", "answered_at", "ended_at")
    )
    text = rules.replace('"e"', '"in"', 1).replace('"a"', '"an"').replace('"e"', '"out"')
    desk.take(mapping(text), "d,in,an,out\n2026-11-23,23:58:00,23:59:30,0:04:00\n2026-11-23,23:59:50,0:00:10,0:04:00\n")
    assert desk.rows("entered_at, answered_at, ended_at") == [
        (at("2026-11-23T23:58:00"), at("2026-11-23T23:59:30"), at("2026-11-24T00:04:00")),
        (at("2026-11-23T23:59:50"), at("2026-11-24T00:00:10"), at("2026-11-24T00:04:00")),
    ]


def test_a_length_of_time_runs_through_the_change_of_clocks(desk: AgentAtWork) -> None:
    """On 25 October 2026 the clock goes from 3:00 back to 2:00."""
    desk.take(
        mapping('entered_at = { date = "d", time = "t" }\nended_at = { after = "entered_at", column = "l" }'),
        "d,t,l\n2026-10-25,1:59:00,1:02:00\n2026-10-25,23:59:00,1:00\n",
    )
    assert desk.rows("ended_at - entered_at") == [(3_720_000,), (60_000,)]
    assert desk.rows("entered_at")[0] == (at("2026-10-25T01:59:00"),)


def test_words_patterns_and_fixed_values(desk: AgentAtWork) -> None:
    desk.take(
        mapping("""
        call_id = { columns = ["line", "no"], join = "/" }
        entered_at = "t"
        ended_at = { after = "entered_at", value = "2:00" }
        queue = { value = "Sales" }
        agent = { column = "channel", pattern = '^PJSIP/(\\w+)-' }
        direction = { column = "dir", words = { O = "outbound" }, otherwise = "inbound" }
        outcome = { column = "end", words = { OK = "answered", LOST = "abandoned" } }
        right_party = "rpc"
        hold = { column = "hold", unit = "min" }
        """),
        "line,no,t,channel,dir,end,rpc,hold\n"
        "A,1,2026-11-23 10:00,PJSIP/eva-0001,O,ok,yes,1\n"
        "A,2,2026-11-23 10:01,PJSIP/eva-0002,I,LOST,,\n",
    )
    assert desk.rows("call_id, direction, outcome, right_party, hold_ms, "
                     "(SELECT name FROM queues WHERE id = queue_id), "
                     "(SELECT login FROM agents WHERE id = agent_id)") == [
        ("A/1", "outbound", "answered", 1, 60_000, "Sales", "eva"),
        ("A/2", "inbound", "abandoned", None, None, "Sales", None),
    ]  # fmt: skip


def test_special_rows(desk: AgentAtWork) -> None:
    report = desk.take(
        """
        source = "table"
        [call]
        entered_at = "t"
        queue = "q"
        [[except]]
        when = { kind = ["test", "ghost"] }
        skip = true
        [[except]]
        when = { kind = "menu", q = "IVR" }
        queue = false
        """,
        "t,q,kind\n2026-11-23 10:00,A,\n2026-11-23 10:01,A,test\n2026-11-23 10:02,IVR,menu\n2026-11-23 10:03,B,menu\n",
    )
    assert (report.added, report.left_out) == (3, 1)
    assert desk.rows("(SELECT name FROM queues WHERE id = queue_id)") == [("A",), (None,), ("B",)]


def test_bad_rows_are_kept_whole_and_the_rest_goes_in(desk: AgentAtWork) -> None:
    text = (
        "id,in,answer,out,agent,queue\n"
        "1,2026-11-23 10:00:00,2026-11-23 10:00:10,2026-11-23 10:05:00,eva,A\n"
        "2,yesterday,,,eva,A\n"
        "3,2026-11-23 10:00:00,2026-11-23 09:00:00,2026-11-23 10:05:00,eva,A\n"
        "4,,,,,\n"
        "5\n"
    )
    report = desk.take(SIMPLE, text)
    assert (report.added, report.rejected_count) == (1, 4)
    assert [(row.line, row.reason) for row in report.rejected] == [
        (3, "entered_at (in) is 'yesterday', no moment such as 2026-11-23 14:30:00"),
        (4, "answered_at lies 3,600 s before entered_at"),
        (5, "has no moment at which the call came in"),
        (6, "has 1 cells, and the mapping needs 6"),
    ]
    desk.take(SIMPLE, text)
    assert desk.rows("line, content", "rejected_lines ORDER BY line")[0] == (3, "2,yesterday,,,eva,A")
    assert desk.rows("count(*)", "rejected_lines") == [(4,)], "importing again forgets the list of before"
    assert desk.rows("rejected", "sources") == [(4,)], "and its number"


def test_all_that_is_wrong_with_a_row_is_told_with_its_columns(desk: AgentAtWork) -> None:
    rules = mapping("""
        entered_at = "start"
        answered_at = { after = "entered_at", column = "Wait" }
        ended_at = { after = "answered_at", value = "1:00" }
        direction = ["Way", "Type"]
        score = "score"
        scale = "scale"
        right_party = "Reached"
        """)
    text = (
        "start,Wait,Way,Type,score,scale,Reached\n"
        "soon,abc,,sideways,4.5,5,perhaps\n"
        "2026-11-23 10:00:00,200:00:00,in,,9,5,\n"
        "2026-11-23 10:00:00,20,inbound,,4,,\n"
    )
    report = desk.take(rules, text)
    assert [row.reason.split("; ") for row in report.rejected] == [
        [
            "direction (Type) is 'sideways', which the mapping gives no meaning",
            "there can be: inbound, outbound",
            "entered_at (start) is 'soon', no moment such as 2026-11-23 14:30:00",
            "answered_at (Wait) is 'abc', and must be a length of time: 20 s, 4 min, 100 h, 3 d, m:ss or h:mm:ss",
            "score is '4.5', and must be a whole number",
            "right_party (Reached) is 'perhaps', and must be yes or no",
        ],
        [
            "direction (Way) is 'in', which the mapping gives no meaning",
            "there can be: inbound, outbound",
            "scale is 5, and the score 9, which lies above it",
            "answered_at is '200:00:00', a length of time over 7 days",
        ],
        ["scale is missing, and there is a score"],
    ]
    assert desk.rows("reason", "rejected_lines ORDER BY line")[0] == (report.rejected[0].reason,)


def test_a_wrong_encoding_is_named_as_what_it_may_be(desk: AgentAtWork) -> None:
    text = "id,start,Müller\n1,2026-11-23 10:00,x\n2,2026-11-23 10:00,é\n".encode("windows-1252")
    agents = mapping('entered_at = "start"\nagent = "Müller"', 'encoding = "utf-8"')
    with pytest.raises(CcmonError, match=r"Its first line is read by a wrong encoding: name another .*windows-1252\."):
        desk.take(agents, text)
    (row,) = desk.take(mapping('entered_at = "start"', 'encoding = "utf-8"'), text).rejected
    assert row.line == 3
    assert row.reason.endswith("name another in the mapping or with --encoding, such as windows-1252")
    assert desk.take(agents, text, encoding="windows-1252").rejected == []


def test_a_time_that_no_day_has_is_of_no_day(desk: AgentAtWork) -> None:
    rules = mapping('entered_at = { date = "d", time = "t" }\nended_at = { after = "entered_at", column = "l" }')
    report = desk.take(rules, "d,t,l\n2026-11-28,23:06:00,25:06:00\n2026-11-28,25:06:00,10\n")
    assert [(row.line, row.reason) for row in report.rejected] == [
        (3, "entered_at (d, t) is '25:06:00', no time of day: it ends at 23:59:59")
    ]
    assert desk.rows("entered_at, ended_at - entered_at") == [
        (at("2026-11-28T23:06:00"), 25 * HOUR_MS + 6 * MINUTE_MS)
    ], "a length of time may be longer than a day"


def test_rows_in_the_future_go_in_and_are_told(desk: AgentAtWork) -> None:
    rules = mapping('entered_at = "t"\nended_at = { after = "entered_at", value = "2:00" }')
    text = "t\n2026-11-23 10:00\n2026-11-23 10:02\n2026-11-23 10:04\n2026-11-24 09:00\n"
    now = at("2026-11-23T10:00:00")
    report = desk.take(rules, text, now=now)
    assert report.added == 4
    assert report.notes == [
        "2 rows lie in the future, up to 2026-11-24 09:02: is the date written as the mapping says?"
    ], "a clock may be fast by five minutes"
    assert desk.take(rules, text, now=at("2026-11-23T10:02:00")).notes[0].startswith("1 row lies in the future")
    assert desk.take(rules, text, now=at("2037-01-01T00:00:00")).notes == []


def test_refused_rows_are_counted_by_their_reasons(desk: AgentAtWork, monkeypatch: pytest.MonkeyPatch) -> None:
    text = "t\n" + "".join(f"bad{row}\n" for row in range(5)) + "2026-11-23 10:00\n"
    (reason,) = desk.take(mapping('entered_at = "t"'), text).reasons.most_common()
    assert (reason.line, reason.rows, reason.alike) == (2, 5, False)
    assert reason.text == "entered_at (t) is 'bad0', no moment such as 2026-11-23 14:30:00"
    monkeypatch.setattr(import_report, "REASONS_COUNTED", 2)
    reasons = import_report.RowFaults()
    for line, text in enumerate(("a 'x'", "b", "c", "d", "a 'y'", "d"), 1):
        reasons.add(line, text)
    found = [(each.text, each.rows, each.alike) for each in reasons.most_common()]
    assert found == [("c", 3, False), ("a 'x'", 2, False), ("b", 1, True)]
    assert list(map(str, reasons.most_common())) == [
        "3 rows, lines 3-4, 6; the first: c",
        "2 rows, lines 1, 5: a 'x'; also 'y'",
        "line 2: b",
    ]


def test_a_reason_names_every_line_and_what_is_at_fault() -> None:
    """An administrator who is told of one name at a time imports a file as often as it has wrong names."""
    reasons = import_report.RowFaults()
    for line in range(2, 202):
        if line % 2 or line < 12:
            reasons.add(line, f"there is no agent 'a{line}'; import the agent first")
    (reason,) = map(str, reasons.most_common())
    assert reason == (
        "105 rows, lines 2-11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31, 33 and 84 more: "
        "there is no agent 'a2'; import the agent first; also 'a3', 'a4', 'a5', 'a6' and 100 more"
    )
    for line in range(3_000):
        reasons.add(line, f"there is no team 't{line}'; import the team first")
    assert str(reasons.most_common()[0]).endswith("also 't1', 't2', 't3', 't4' and over 995 more")


def test_moments_a_little_out_of_order_are_the_same_moment(desk: AgentAtWork) -> None:
    report = desk.take(
        SIMPLE,
        "id,in,answer,out,agent,queue\n1,2026-11-23 10:00:05,2026-11-23 10:00:00,2026-11-23 10:05:00,eva,A\n"
        "2,2026-11-23 10:00:05,2026-11-23 10:01:05,2026-11-23 10:01:00,eva,A\n",
    )
    assert desk.rows("wait_ms, talk_ms") == [(0, 300_000), (60_000, 0)]
    assert report.notes == ["2 moments lay a little before the one they follow; taken as the same moment."]


def test_a_call_without_an_end_is_of_unknown_outcome_not_open_for_ever(desk: AgentAtWork) -> None:
    desk.take(
        SIMPLE, "id,in,answer,out,agent,queue\n1,2026-11-23 10:00,2026-11-23 10:01,,eva,A\n2,2026-11-23 10:02,,,,A\n"
    )
    assert desk.rows("class, outcome, cut_off, handled, ended_at IS NULL") == [
        ("answered", "unknown", 1, 0, 0),
        ("unknown", "unknown", 0, 0, 0),
    ]


@pytest.mark.parametrize("end", ["2026-11-23 10:05", ""])
def test_a_call_served_without_a_moment_of_answer_is_answered_without_a_wait(desk: AgentAtWork, end: str) -> None:
    words = 'outcome = { column = "result", words = { OK = "answered" } }\n'
    desk.take(SIMPLE + words, f"id,in,answer,out,agent,queue,result\n1,2026-11-23 10:00,,{end},eva,A,OK\n")
    assert desk.rows("class, outcome, wait_ms, handled, cut_off") == [("answered", "answered", None, 0, 0)]
    figures = "offered, answered, answered_without_wait, answered_in_threshold, handled, unknown"
    assert desk.rows(figures, "queue_quarters") == [(1, 1, 1, 0, 0, 0)]


def test_one_is_told_as_one(desk: AgentAtWork) -> None:
    head = "id,in,answer,out,agent,queue\n"
    assert desk.take(SIMPLE, head + "1,2026-11-23 10:00:05,2026-11-23 10:00:00,,eva,A\n").notes == [
        "1 moment lay a little before the one it follows; taken as the same moment.",
        "1 row does not say when the call ended: its outcome or its length is unknown.",
    ]


def test_importing_again_changes_what_changed_and_doubles_nothing(desk: AgentAtWork) -> None:
    head = "id,in,answer,out,agent,queue\n"
    first = desk.take(SIMPLE, head + "1,2026-11-23 10:00,2026-11-23 10:01,2026-11-23 10:05,eva,A\n")
    again = desk.take(SIMPLE, head + "1,2026-11-23 10:00,2026-11-23 10:01,2026-11-23 10:06,eva,A\n"
                      "2,2026-11-23 11:00,,2026-11-23 11:01,,A\n")  # fmt: skip
    assert (first.added, first.changed, first.same) == (1, 0, 0)
    assert (again.added, again.changed, again.same) == (1, 1, 0)
    assert desk.rows("sum(offered), sum(talk_ms)", "queue_quarters") == [(2, 300_000)]
    assert desk.rows("records, kind, name", "sources") == [(2, "table", "table")]


def test_rows_without_a_call_id_are_known_by_file_and_row(desk: AgentAtWork) -> None:
    rules = mapping('entered_at = "t"')
    text = "t\n2026-11-23 10:00\n2026-11-23 10:00\n"
    assert desk.take(rules, text).added == 2
    assert desk.take(rules, text).same == 2
    assert desk.rows("call_id") == [("export.csv:1",), ("export.csv:2",)]


def twenty_calls(first: int = 0) -> str:
    each = (f"{first + n},2026-11-23 10:{n:02},06{n},2026-11-23 10:{n:02}:30\n" for n in range(20))
    return f"nr,t,from,end\n{''.join(each)}"


CALLS = 'entered_at = "t"\nended_at = "end"\ncaller = "from"\n'


def test_calls_that_are_there_under_other_ids_are_not_added_unasked(desk: AgentAtWork) -> None:
    by_row, by_number = mapping(CALLS + "call_id = { row = true }"), mapping(CALLS + 'call_id = "nr"')
    assert desk.take(by_row, twenty_calls()).added == 20
    told = 'Most calls are in the database already, as calls of "table" with another call_id; they would count twice'
    assert desk.take(by_number, twenty_calls(), dry_run=True).notes[0].startswith(told)
    before = desk.rows("*", "sources")
    with pytest.raises(DoubledCallsError, match=f"{told}.*ccmon sources --forget table --yes"):
        desk.take(by_number, twenty_calls())
    # A part of it, as from another export: the calls tell by themselves.
    with pytest.raises(DoubledCallsError):
        desk.take(by_number, "".join(twenty_calls().splitlines(keepends=True)[:12]))
    # Nor where the correction moves the calls: it is the same file.
    with pytest.raises(DoubledCallsError):
        desk.take(mapping('entered_at = "end"\ncall_id = "nr"'), twenty_calls())
    assert desk.rows("count(*)", "calls") == [(20,)]
    assert desk.rows("*", "sources") == before
    report = desk.take(by_number, twenty_calls(), may_double=True)
    assert (report.added, report.notes) == (20, [])


def test_other_calls_of_the_same_time_are_added(desk: AgentAtWork) -> None:
    rules = mapping(CALLS + 'call_id = "nr"')
    assert desk.take(rules, twenty_calls()).added == 20
    assert desk.take(rules, twenty_calls()).same == 20
    assert desk.take(rules, twenty_calls(first=100).replace(",06", ",07")).added == 20
    grown = twenty_calls() + "".join(f"{n},2026-11-24 10:{n:02},06{n},2026-11-24 10:{n:02}:30\n" for n in range(20, 40))
    report = desk.take(rules, grown)
    assert (report.added, report.same) == (20, 20)
    assert desk.take(mapping(CALLS + "call_id = { row = true }"), "".join(twenty_calls()[:60])).added == 1


def test_rows_that_were_refused_before_are_added(desk: AgentAtWork) -> None:
    """A mapping of which every row was refused has left nothing that could be doubled."""
    assert desk.take(mapping(CALLS + 'call_id = "nr"'), twenty_calls(first=100).replace(",06", ",07")).added == 20
    wrong = mapping('entered_at = { column = "t", format = "epoch" }\ncall_id = { row = true }')
    assert desk.take(wrong, twenty_calls()).rejected_count == 20
    assert desk.take(mapping(CALLS + 'call_id = "nr"'), twenty_calls()).added == 20


def test_the_same_call_on_two_rows_is_two_visits(desk: AgentAtWork) -> None:
    text = "id,t\nc,2026-11-23 10:00\nd,2026-11-23 10:01\nc,2026-11-23 10:05\n"
    rules = mapping('call_id = "id"\nentered_at = "t"')
    assert desk.take(rules, text).added == 3
    assert desk.take(rules, text).same == 3
    assert desk.rows("call_id, visit") == [("c", 1), ("d", 1), ("c", 2)]


@pytest.mark.parametrize("again", [False, True])
def test_visits_are_counted_over_all_batches(desk: AgentAtWork, again: bool) -> None:
    """By a dry run, too, which writes nothing that could be counted."""
    text = "id,t\n" + "".join(f"c{row % 3},2026-11-23 10:{row:02}\n" for row in range(10))
    rules = mapping('call_id = "id"\nentered_at = "t"')
    if again:
        desk.take(rules, text, batch=4)
    assert desk.take(rules, text, batch=2, dry_run=True).same == (10 if again else 0)
    desk.take(rules, text, batch=3)
    assert desk.rows("call_id, visit", "calls ORDER BY entered_at") == [
        (f"c{row % 3}", row // 3 + 1) for row in range(10)
    ]


def test_the_wait_of_a_call_that_was_not_answered_ends_it(desk: AgentAtWork) -> None:
    text = "t,wait,talk,how\n2026-11-23 10:00,30,200,yes\n2026-11-23 10:00,45,,no\n"
    rules = mapping(
        'entered_at = "t"\nanswered_at = { after = "entered_at", column = "wait" }\n'
        'ended_at = { after = "answered_at", column = "talk" }\n'
        'outcome = { column = "how", words = { yes = "answered", no = "abandoned" } }'
    )
    assert desk.take(rules, text).notes == []
    assert desk.rows("class, wait_ms, talk_ms") == [("answered", 30_000, 200_000), ("abandoned", 45_000, None)]


def test_midnight_is_a_time_at_which_a_call_comes_in(desk: AgentAtWork) -> None:
    """Even where 00:00:00 means elsewhere that something did not happen."""
    text = "day,queued,answered\n2026-11-23,00:00:00,00:00:00\n2026-11-23,00:00:00,00:00:07\n"
    rules = mapping(
        'entered_at = { date = "day", time = "queued" }\nanswered_at = { date = "day", time = "answered" }',
        'nothing = ["00:00:00"]',
    )
    assert desk.take(rules, text).rejected == []
    assert desk.rows("answered_at - entered_at") == [(None,), (7_000,)]


def test_a_dry_run_writes_nothing(desk: AgentAtWork) -> None:
    text = "id,in,answer,out,agent,queue\n1,2026-11-23 10:00,2026-11-23 10:01,2026-11-23 10:05,eva,A\nx,no,,,,\n"
    files = sorted(each.name for each in desk.directory.iterdir())
    report = desk.take(SIMPLE, text, dry_run=True)
    assert sorted(each.name for each in desk.directory.iterdir()) == sorted({*files, "export.csv"})
    assert (report.added, report.rejected_count) == (1, 1)
    for table in ("calls", "agents", "queues", "sources", "rejected_lines"):
        assert desk.rows("count(*)", table) == [(0,)], table


def test_an_import_that_was_broken_off_goes_on(desk: AgentAtWork) -> None:
    """Killed after any batch, the rows are there once, visits and refusals as if nothing had happened."""
    rules = mapping('call_id = "id"\nentered_at = "t"')
    body = "".join(
        f"c{row % 7},2026-11-23 10:{row % 60:02}\n" if row % 5 else f"bad{row},never\n" for row in range(1, 41)
    )
    whole = desk.take(rules, "id,t\n" + body)
    expected = desk.rows("call_id, visit, entered_at", "calls ORDER BY 1, 2")
    refused = desk.rows("line, reason", "rejected_lines ORDER BY 1")

    class BrokenOffError(Exception):
        pass

    for batches in (1, 2, 3):
        connection = database_file.open_writer(desk.path)
        for table in ("calls", "rejected_lines", "sources"):
            connection.execute(f"DELETE FROM {table}")
        connection.close()
        seen = 0

        def stop(_: int, batches: int = batches) -> None:
            nonlocal seen
            seen += 1
            if seen == batches:
                raise BrokenOffError

        with pytest.raises(BrokenOffError):
            desk.take(rules, "id,t\n" + body, batch=9, progress=stop)
        assert desk.rows("count(*)", "calls")[0][0] < whole.added
        report = desk.take(rules, "id,t\n" + body, batch=11)
        resumed = f"Taken up again after row {9 * batches}, where an import was broken off."
        assert report.notes[0] == resumed
        assert desk.rows("call_id, visit, entered_at", "calls ORDER BY 1, 2") == expected
        assert desk.rows("line, reason", "rejected_lines ORDER BY 1") == refused
        assert resumed not in desk.take(rules, "id,t\n" + body).notes


@pytest.mark.parametrize("encoding", ["utf-16", "windows-1252", "iso-8859-15"])
def test_other_encodings(desk: AgentAtWork, encoding: str) -> None:
    text = "t,Agent é\n2026-11-23 10:00,Zoë\n".encode(encoding)
    rules = mapping('entered_at = "t"\nagent = "Agent é"\noutcome = { value = "answered" }', f'encoding = "{encoding}"')
    desk.take(rules, text)
    assert desk.rows("login", "agents") == [("Zoë",)]


FAULTS = [
    ("source = 1", "lacks source"),
    ('source = "x"', "lacks \\[call\\]"),
    ('source = "x"\n[call]\nentered_at = "t"\nagnet = "a"', "'agnet' in \\[call\\] of M.toml means nothing"),
    ('source = "x"\n[call]\nentered_at = { columm = "t" }', "'columm' in entered_at"),
    ('source = "x"\n[call]\nentered_at = { date = "t" }', "needs both date and time"),
    ('source = "x"\n[call]\nentered_at = { value = "5" }', "needs after or before"),
    ('source = "x"\n[call]\nentered_at = { after = "ended_at", column = "t" }', "hangs on ended_at, which has no rule"),
    ('source = "x"\n[call]\nentered_at = { before = "ended_at", column = "t" }\n'
     'ended_at = { after = "entered_at", column = "t" }', "hang on each other"),
    ('source = "x"\n[call]\nentered_at = "nope"', "names the column 'nope'; the file has: t"),
    ('source = "x"\n[call]\nentered_at = "t"\nagent = { column = "t", pattern = "(" }', "is no regular expression"),
    ('source = "x"\n[file]\ntime_zone = "Mars"\n[call]\nentered_at = "t"', "names the time zone 'Mars'"),
    ('source = "x"\n[call]\nentered_at = "t"\n[[except]]\nskip = true', "needs when"),
    ('source = "x"\n[call]\nentered_at = "t"\n[[except]]\nskp = true\nwhen = { t = "1" }',
     "'skp' in \\[\\[except\\]\\] of M.toml means nothing; there can be: .*skip.*when"),
    ('source = "x"\n[file]\ndate = "%Q"\n[call]\nentered_at = "t"',
     "date in \\[file\\] .* is '%Q', in which '%Q' means"),
    ('source = "x"\n[file]\ntime = "%H:%M%"\n[call]\nentered_at = "t"', "in which '%' means nothing"),
    ('source = "x"\n[file]\ndate = "%d.%m.%Y %d"\n[call]\nentered_at = "t"', "names the same part twice"),
    ('source = "x"\n[file]\ndate = 5\n[call]\nentered_at = "t"', "must be a text such as"),
    ('source = "x"\n[call]\nentered_at = { column = "t", format = "%d %K" }',
     "format of entered_at .* '%K' means nothing"),
    ('source = "x"\n[call]\nentered_at = "t"\noutcome = { column = "t", words = { "Müller" = "anwsered" } }',
     "'anwsered' in outcome of the mapping M.toml means nothing; there can be: abandoned, answered"),
    ('source = "x"\n[call]\nentered_at = "t"\ndirection = { value = "in" }', "'in' in direction .* inbound, outbound"),
    ('source = "x"\n[call]\nentered_at = "t"\nended_by = { column = "t", otherwise = "me" }', "'me' in ended_by"),
    ('source = "x"\n[call]\nentered_at = "t"\noutcome = { column = "t", words = "yes" }', "words of outcome"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "sentence"), FAULTS, ids=[sentence for _, sentence in FAULTS])
def test_a_mapping_that_means_nothing_says_so_before_a_row_is_read(desk: AgentAtWork, text: str, sentence: str) -> None:
    with pytest.raises(CcmonError, match=sentence):
        desk.take(text, "t\n2026-11-23 10:00\n")


def test_a_mapping_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "m.toml").write_text("source =", encoding="utf-8")
    with pytest.raises(CcmonError, match="is no TOML"):
        read(tmp_path / "m.toml")
    with pytest.raises(CcmonError, match="There is no file"):
        read(tmp_path / "none.toml")


GUESSED = {
    "id;Datum;Uhrzeit;Wartezeit;Agent;Status\n"
    "1;23.11.2026;10:00:05;12;eva;answered\n2;24.11.2026;10:01:00;90;;abandoned\n": {
        "entered_at": {"date": "Datum", "time": "Uhrzeit"}, "agent": "Agent", "call_id": "id",
    },
    "uniqueid,start,answer,end,src\n1.1,2026-11-23 10:00:00,2026-11-23 10:00:10,2026-11-23 10:05:00,0612345678\n": {
        "entered_at": "start", "answered_at": "answer", "ended_at": "end", "call_id": "uniqueid", "caller": "src",
    },
}  # fmt: skip


@pytest.mark.parametrize(("text", "rules"), GUESSED.items())
def test_a_guess_is_a_mapping_that_takes_the_file_in(desk: AgentAtWork, text: str, rules: dict[str, Any]) -> None:
    file = desk.directory / "export.csv"
    file.write_text(text, encoding="utf-8")
    guessed = infer_mapping(file)
    call = tomllib.loads(guessed)["call"]
    assert {name: call.get(name) for name in rules} == rules
    report = desk.take(guessed, text)
    assert (report.added, report.rejected_count) == (text.count("\n") - 1, 0)


def test_a_guess_says_what_it_is_unsure_about(desk: AgentAtWork) -> None:
    file = desk.directory / "export.csv"
    file.write_text("date,time,result\n03/04/2026,10:00:00,XFER\n05/06/2026,0:00:00,answered\n", encoding="utf-8")
    guessed = infer_mapping(file)
    assert 'date = "%d/%m/%Y"   # UNSURE: or %m/%d/%Y' in guessed
    assert '"XFER" = "unknown"' in guessed
    assert 'UNSURE: what "XFER" means' in guessed
    assert 'nothing = ["0:00:00"]   # UNSURE' in guessed
    file.write_text("a,b\nx,y\n", encoding="utf-8")
    with pytest.raises(CcmonError, match="No column"):
        infer_mapping(file)
