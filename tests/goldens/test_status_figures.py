"""Each figure that ``ccmon status`` showed before the views drew it is in the views' text, under its present head.

``status_figures.json`` holds what it showed at 200 columns: the alarms, the cells of its tables, and its sentences.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from ccmon.formatting import UNKNOWN
from ccmon.report.text import status_lines
from ccmon.views.styled_text import Span, TextStyle
from ccmon.views.view_context import ViewContext
from tests.goldens.moments import floor_of
from tests.titles import full_titles

WIDTH = 200
FULL = full_titles()
BEFORE: Mapping[str, Any] = json.loads((Path(__file__).parent / "status_figures.json").read_text(encoding="utf-8"))
Cells = dict[str, str]


class Section(NamedTuple):
    """One view of the text."""

    text: str
    rows: list[Cells]
    """Cells by the title of their column; a sign at the left has the title ``""``."""

    def row(self, **cells: str) -> Cells:
        """The one row with these cells; ``_`` in a title stands for a space."""
        wanted = {title.replace("_", " "): cell for title, cell in cells.items()}
        found = [row for row in self.rows if wanted.items() <= row.items()]
        assert len(found) == 1, (wanted, self.text)
        return found[0]


@cache
def sections(name: str) -> Mapping[str, Section]:
    """The views of a floor's text by their titles."""
    found: dict[str, list[Sequence[Span]]] = {}
    title = ""
    for line in status_lines(ViewContext.of(floor_of(name)), WIDTH):
        if line and line[0].style is TextStyle.TITLE:
            title = line[0].text
        found.setdefault(title, []).append(line)
    return {
        title: Section("\n".join("".join(span.text for span in line) for line in lines), list(_rows(lines)))
        for title, lines in found.items()
    }


def _rows(lines: Sequence[Sequence[Span]]) -> Iterator[Cells]:
    """The cells of each line under a line of titles: a cell begins or ends where its title does."""
    titles: list[re.Match[str]] = []
    for line in lines:
        pieces = list(re.finditer(r"\S+(?: \S+)*", "".join(span.text for span in line)))
        if len(pieces) > 1 and all(span.style is TextStyle.QUIET for span in line if span.text.strip()):
            titles = pieces
            continue
        row = {}
        for piece in pieces:
            own = [each for each in titles if each.start() == piece.start() or each.end() == piece.end()]
            title = own[0].group() if own else ""
            row[FULL.get(title, title)] = piece.group()
        if titles and row:
            yield row


Check = Callable[[Mapping[str, Section], Cells], None]


def same(old: Cells, row: Cells, titles: Mapping[str, str]) -> None:
    """The same figures under these titles, before and now; signs, currencies and what was unknown are left out."""
    for before, title in titles.items():
        figure = old[before].strip("▲▼ ").removesuffix(" EUR").removesuffix(" of calls")
        if figure != UNKNOWN:
            assert figure in _figures(row.get(title, "")), (before, old, row)


def _figures(cell: str) -> set[str]:
    """What may be looked for in a cell: all of it, without its sign, and what stands outside and inside brackets."""
    bare = cell.strip("▲△↑↓≈ ")
    outside, _, inside = bare.partition(" (")
    return {bare, outside, inside.rstrip(")").replace("-", " to "), bare.replace(" of ", "/"), *bare.split(" ±")}


def check_queue(now: Mapping[str, Section], old: Cells) -> None:
    row = now["Queue: live"].row(queue=old[""]) if len(now["Queue: live"].rows) > 1 else now["Queue: live"].rows[0]
    same(
        old,
        row,
        {
            "wait": "waiting",
            "longest": "longest",
            "talk": "talking",
            "ready": "ready",
            "offered": "offered",
            "SL": "SL, ended",
            "SL now": "SL",
            "ASA": "ASA",
            "lost": "lost",
            "abandon": "abandonment",
            "AHT": "AHT",
        },
    )
    staffed, required = old["on/need"].strip("▼").split("/")
    assert staffed in {row["staffed"].removesuffix(" shared"), row["allotted"]}
    assert required == row["required"].lstrip("△")


STATES = {"hold": "on hold", "wrap up": "wrap-up", "unavailable": "unreachable", "paused": "paused, no reason"}


def check_agent(now: Mapping[str, Section], old: Cells) -> None:
    row = now["Agents"].row(agent=old[""])
    same(
        old,
        row,
        {
            "for": "time",
            "calls": "handled",
            "AHT": "AHT",
            "busy": "occupancy",
            "sales": "sales",
            "conv.": "conversion",
            "logged in": "logged in",
        },
    )
    assert row.get("team", "") == old["team"]
    assert row.get("queue", "") == old["queue"]
    assert row["missed"] == (UNKNOWN if old["missed"] == "0" else old["missed"])
    state = old["state"].removeprefix("paused: ")
    assert STATES.get(state, state) == row["state"][2:].removesuffix(", no queue").replace("no queue", "ready")


def check_sales(now: Mapping[str, Section], old: Cells) -> None:
    row = now["Conversion: day"].row(**{"team, agent": old[""]})
    assert row["sales"] == f"{old['sales']}/{old['quota']}"
    same(
        old,
        row,
        {
            "attained": "attainment",
            "pace": "pace",
            "conversion": "conversion",
            "95 % range": "conv., 95 %",
            "calls": "sales calls",
            "revenue": "revenue",
        },
    )
    if old["sales"] != "0":  # the floor built by hand gives its client without a sale the centre's projection
        same(old, row, {"projected": "forecast"})


VERDICTS = {"surely behind": "↓", "surely ahead": "↑", "cannot tell yet": "≈"}


def check_quota(now: Mapping[str, Section], old: Cells) -> None:
    whose = now[f"Conversion: {old['for']}"].row(**{"team, agent": old[""]})
    sign = VERDICTS.get(old["conversion says"], "")
    assert whose.get("conversion quota", "").partition(" ")[0] == sign
    same(
        old,
        whose,
        {
            "projected": "forecast",
            "missing": "missing",
            "per hour": "required/h",
            "chance": "chance",
            "revenue projected": "revenue forecast",
        },
    )
    if whose["sales"] != "0/0":  # by hand: a quota of 0 sales in the line, of 1 in its quotas
        same(old, whose, {"sales": "sales", "attained": "attainment", "pace": "pace"})


def check_handling(now: Mapping[str, Section], old: Cells) -> None:
    scopes = [row for row in now["Handling"].rows if (row["queue, team"], row["direction"]) == (old[""], old["way"])]
    same(
        old,
        next(row for row in scopes if row["handled"] == old["calls"]),
        {
            "calls": "handled",
            "AHT": "AHT",
            "median": "median",
            "9 of 10": "P90",
            "talk": "talk",
            "hold": "hold",
            "wrap-up": "wrap-up",
            "target": "target",
        },
    )


def check_follow_up(now: Mapping[str, Section], old: Cells) -> None:
    row = now["Follow-ups: due"].row(customer=old["customer"])
    late = old["due"].removesuffix(" late")
    assert (row["due"] == f"△ {late} ago") if late != old["due"] else (row["at"] == late)
    assert (row["kind"], row["owner"]) == (old["what"], old["owner"])


def check_satisfaction(now: Mapping[str, Section], old: Cells) -> None:
    rows = [
        row
        for row in now["Satisfaction: scores"].rows
        if row["queue, team, agent"] == old[""] and row["kind"] != "team"
    ]
    same(
        old,
        rows[0],
        {
            "answers": "answers",
            "CSAT top-2": "satisfied",
            "95 % range": "95 %",
            "mean": "mean score",
            "NPS": "NPS",
            "response": "response rate",
            "first contact": "FCR",
            "again today": "repeats today",
        },
    )


def check_reason(now: Mapping[str, Section], old: Cells) -> None:
    row = now["Problems"].row(reason=old[""])
    same(
        old,
        row,
        {
            "calls": "calls",
            "per 100": "per 100 calls",
            "share": "share",
            "so far": "cumulative",
            "usual": "usual",
            "customers": "customers",
        },
    )
    assert (old["rising"] == "▲ rising") is (row.get("") in {"▲", "△"})
    assert (old["rising"] == "new") is (row["vs usual"] == "new")


def check_investment(now: Mapping[str, Section], old: Cells) -> None:
    row = now["Value: alternatives"].row(goal=old["goal"], channel=old[""])
    same(
        old,
        row,
        {
            "cost": "cost",
            "customers": "customers",
            "each": "cost per customer",
            "return": "ROI",
            "paid back": "payback",
            "centre beats it from": "break-even conversion",
        },
    )


TABLES: Mapping[str, Check] = {
    "Queues": check_queue,
    "Agents": check_agent,
    "Sales": check_sales,
    "Quotas": check_quota,
    "Handling time": check_handling,
    "Follow-ups": check_follow_up,
    "Satisfaction": check_satisfaction,
    "Why they call": check_reason,
    "The same money elsewhere": check_investment,
}
NAMELESS = {"Handling time": "way", "Why they call": "rising"}
"""What the second column without a title held."""


@pytest.mark.parametrize("name", BEFORE)
def test_cells(name: str) -> None:
    now, checked = sections(name), 0
    for table in BEFORE[name]["tables"]:
        kind = re.split(r"[:,] | \(", table["title"])[0]
        titles = [title or (NAMELESS[kind] if place else "") for place, title in enumerate(table["columns"])]
        for row in table["rows"]:
            TABLES[kind](now, dict(zip(titles, row, strict=True)))
            checked += len(row)
    assert checked > 200


@pytest.mark.parametrize("name", BEFORE)
def test_alarms(name: str) -> None:
    shown = " ".join(sections(name)[""].text.split())
    assert all(alarm in shown for alarm in BEFORE[name]["alarms"])


FACTS: Sequence[tuple[str, str, str, str]] = (
    # A sentence's title, a pattern in it, the view's title, and what it shows of each match.
    ("Sold today", r"^in (.*?) of (.*?) calls", "Conversion: day", r"inbound \1 of \2 calls"),
    ("Sold today", r"out (.*?) of (\S+) right-party", "Conversion: day", r"outbound \1 of \2 right-party contact"),
    ("Sold today", r"\((\S+) attempts\)", "Conversion: day", r"contacts?, \1 dialled"),
    ("Sold today", r"(\S+) new customer", "Conversion: day", r"new customers \1\b"),
    ("Sold today", r"average order (\S+) EUR", "Conversion: day", r"average order \1"),
    ("Sold today", r"per call (\S+) EUR", "Conversion: day", r"revenue per sales call \1"),
    ("Sold today", r"gross (\S+) EUR, (.*?) cancelled", "Conversion: day", r"gross \1, \2 cancelled"),
    ("Sold today", r"and (\S+) CHF not added", "Conversion: day", r"other currency \1 CHF"),
    ("Customers", r"(\S+) came back", "Customers: groups", r"won back today \1"),
    ("Customers", r"(\S+ %) went in 28 days", "Customers: groups", r"churn, 28 days \1"),
    ("Customers", r"(\d+) new", "Customers: groups", r"\1 new customers, now one-time"),
    ("Customers", r"(\d+ \S+ to \w+)", "Customers: groups", r"\1"),
    ("Customers", r"no order for (\d+) days", "Customers: groups", r"no order for \1 days"),
    ("Customers", r"gone \((\d+) days\)", "Customers: groups", r"no order for \1 days"),
    ("Resources", r"(\w+): (\S+) calls by (\d+) agents, (\S+) each", "Value: cost centre",
     r"\4  \1 calls per agent +\2 by \3 agents"),
    ("Resources", r"a whole day (\S+)\)", "Value: cost centre", r"a usual day: \1"),
    ("Resources", r"(\w+): .*AHT (\S+) \(usually (\S+)\)", "Value: cost centre",
     r"\2  AHT \1 +same weekday of past weeks \3"),
    ("Resources", r"wages (\S+) EUR:", "Value: cost centre", r"\1  wages"),
    ("Resources", r"(\S+) EUR a call", "Value: cost centre", r"\1  cost per call"),
    ("Resources", r"(\S+) EUR a sale", "Value: profit centre", r"\1  cost per sale"),
    ("Resources", r"(\S+) EUR a new customer", "Value: profit centre", r"\1  cost per new customer"),
    ("Resources", r"(\S+) EUR a kept one", "Value: profit centre", r"\1  cost per kept customer"),
    ("Resources", r"revenue less wages (\S+) EUR", "Value: profit centre", r"\1  contribution +est\."),
    ("Resources", r"^([A-Z].*)", "Value: profit centre", r"Assumed: \1"),
)  # fmt: skip


def check_promise(now: Mapping[str, Section], line: str) -> None:
    found = re.fullmatch(r"(.*) owns (\d+), needs (.*), has (.*): (?:(\d+) (?:is|are) late|all can be kept)", line)
    assert found is not None, line
    who, owned, needs, has, late = found.groups()
    row = now["Follow-ups: by owner"].row(owner=who)
    assert (row["open"], row["work"], row["time left"]) == (owned, needs, has)
    assert row["overdue"] == (f"△ {late}" if late else "✓ none")


def check_call_back(now: Mapping[str, Section], line: str) -> None:
    found = re.fullmatch(r"(.*) gave (.*) after talking with (.*)", line)
    assert found is not None, line
    who, score, agent = found.groups()
    row = now["Satisfaction: low scores"].row(**({"number": who} if who.startswith("+") else {"customer": who}))
    assert (row["score"], row["agent"]) == (score, agent)


def check_group(now: Mapping[str, Section], line: str) -> None:
    groups = {"gone": "churned"}
    for number, group in re.findall(r"([\d,]+) (one-time|repeat|loyal|lapsed|active|at risk|gone)(?=[ ,]|$)", line):
        if not line.startswith("today"):
            assert now["Customers: groups"].row(group=groups.get(group, group))["customers"] == number
    if line.startswith("bought again"):
        for month, rate in re.findall(r"(\d{4}-\d\d) (\d+ %)", line):
            assert now["Customers: months"].row(first_bought=month)["repeat rate"] == rate


REASONS = {"promised and silent": "promise missed, no contact", "fruitless attempts": "never reached"}


def check_unresolved(now: Mapping[str, Section], line: str) -> None:
    if line.startswith("time for a second purchase: "):
        for who in line.partition(": ")[2].split(", "):
            now["Follow-ups: second purchase"].row(customer=who)
        return
    found = re.fullmatch(r"(.*?): (.*) \((\d+), last (\S+?)(?:, (.*))?\)", line)
    assert found is not None, line
    who, why, times, last, agent = found.groups()
    row = now["Follow-ups: unresolved"].row(customer=who, reason=REASONS.get(why, why))
    assert row["times"].split()[0] == times
    assert row["agent"] == (agent or "nobody")
    # A moment of another day is that day now; the time alone was taken for one of today.
    assert row["last"] == last or re.fullmatch(r"\w{3} \d\d \w{3}", row["last"])


LINES: Mapping[str, Callable[[Mapping[str, Section], str], None]] = {
    "Promises": check_promise,
    "Call back": check_call_back,
    "Customers": check_group,
    "Not given up": check_unresolved,
}


@pytest.mark.parametrize("name", BEFORE)
def test_sentences(name: str) -> None:
    now = sections(name)
    for block in BEFORE[name]["sentences"]:
        lines = [line for line in block["lines"] if "see --json" not in line and "more; --json" not in line]
        for line in lines:
            if block["title"] in LINES:
                LINES[block["title"]](now, line)
        for title, pattern, context, template in FACTS:
            for line in lines if title == block["title"] else ():
                for match in re.finditer(pattern, line):
                    wanted = template
                    for number, group in enumerate(match.groups(), 1):
                        wanted = wanted.replace(f"\\{number}", re.escape(group))
                    assert re.search(wanted, now[context].text), (wanted, now[context].text)


@pytest.mark.parametrize("name", BEFORE)
def test_heads(name: str) -> None:
    """The counts that stood in the titles of the tables."""
    now = sections(name)
    words = {"wrap up": "wrap-up", "unavailable": "unreachable", "hold": "on hold"}
    for table in BEFORE[name]["tables"]:
        kind, _, counts = table["title"].partition(": ")
        if kind == "Agents":
            for number, state in re.findall(r"(\d+) ([a-z ]+)", counts):
                if state == "ready":  # those in no queue are now counted apart
                    apart = re.search(r"(\d+) ready(?:.|\n)*ready, no queue (\d+)", now["Agents"].text)
                    assert apart is not None
                    assert int(number) == sum(map(int, apart.groups()))
                    continue
                said = {f"{number} {state}", f"{words.get(state, state)} {number}", f"on calls {number}"}
                assert any(each in now["Agents"].text for each in said), (said, now["Agents"].text)
        elif kind == "Follow-ups":
            words_now = {
                "due today": "due today {}",
                "overdue": "{} overdue",
                "done": "done {}",
                "on time": "on time {}",
            }
            for number, state in re.findall(r"(\d+(?: %)?) ([a-z ]+)", counts):
                assert words_now[state].format(number) in now["Follow-ups: due"].text
