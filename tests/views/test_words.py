"""One word for one thing: every head of the screen stands in the glossary, and no former word is left anywhere."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from ccmon.formatting import width_of
from ccmon.report import content
from ccmon.report.html import as_html
from ccmon.report.lost_callers import CALLER_COLUMNS
from ccmon.report.markdown import as_markdown
from ccmon.report.people import AGENT_COLUMNS, TEAM_COLUMNS
from ccmon.report.plain_text import as_plain_text
from ccmon.report.promises import LATE_COLUMNS, OWNER_COLUMNS
from ccmon.report.queues import QUEUE_COLUMNS
from ccmon.report.reasons import REASON_COLUMNS
from ccmon.report.text import status_lines
from ccmon.views import agent_details, call_lists, detail_tabs, queue_details
from ccmon.views.alarms import alarm_sentence
from ccmon.views.all_panels import panels
from ccmon.views.columns import Column
from ccmon.views.day_course import DAY_COLUMNS, HANDLING_COLUMNS
from ccmon.views.glyphs import UNICODE
from ccmon.views.keys import KEYS
from ccmon.views.modal_content import help_lines, palette_choices
from ccmon.views.panel import FloorPanel
from ccmon.views.tables_below import COST_COLUMNS, REVENUE_COLUMNS
from ccmon.views.view_context import ViewContext
from ccmon.views.waiting_callers import COLUMNS as WAITING_COLUMNS
from ccmon.views.waiting_callers import COLUMNS_OF_A_QUEUE
from tests.busy_floor import busy_floor
from tests.commands import all_commands
from tests.report.reports import FRIDAY, report

ROOT = Path(__file__).parents[2]
GLOSSARY = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
PAPERS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]

FORMER_HEADS = frozenset(
    {
        "in time", "of", "free", "on", "need", "needed", "shared", "speed", "aband.", "handling", "for", "out", "dead",
        "busy", "conv. goal", "need/h", "by the end", "revenue by the end", "of quota", "whose", "way", "mean",
        "to goal", "9 of 10", "calls out", "in", "late", "late?", "owed by", "does now", "what", "expect", "owes",
        "needs", "has", "late now", "not given up", "stuck", "how often", "closes", "second sale", "call back",
        "first contact", "in 24 h", "again today", "said", "now", "of all", "came", "buy again", "as usual", "of 100",
        "so far", "first", "a call", "a sale", "a new customer", "a kept customer", "elsewhere", "made of",
        "a customer", "so it is", "so", "beaten from", "return", "paid back in", "from", "apart", "expected after",
        "owners", "same goal elsewhere", "in conversation", "mind",
    }
)  # fmt: skip
"""What heads, facts, tabs and labels of details were called before."""
FORMER_PHRASES = (
    "in time", "owe[sd]?", "alerts?", "phone dead", "surely", "elsewhere", "not given up", "stuck", "second sale",
    "9 of 10", "on the phones", "promised calls?", "left after wages", "maturing", "too young to tell",
    "cannot tell yet", "in vain",
)  # fmt: skip
"""Patterns of words that no text on the screen has any more."""
FORMER_IN_PAPERS = (
    "not given up", "second sale", "phone dead", "same goal elsewhere", "conv. goal", "need/h", "on the phones",
    "left after wages", "speed of answer today", "full size; press again",
)  # fmt: skip
FORMER_IN_REPORTS = (
    "in time", "owe[sd]?", "alerts?", "surely", "elsewhere", "promised calls?", "calls? that came in", "calls came in",
    "gave up", "still to be made", "late and open", "(?<!average )speed of answer",
    "(?<!average )(?<!the )handling times?", r"\d orders",
    "orders of", "orders? (?:are|so far|expected|over|may)", "(?:an|per) order", "on plan", "behind plan",
    "over plan", "plan of", "wages per", "resolved at once", "customers lost", "ended unseen", "unseen",
)  # fmt: skip
"""Patterns of words that neither a report nor the paper about reports has any more."""
FORMER_HEADS_OF_REPORTS = (FORMER_HEADS - {"late"}) | {
    "orders", "attained", "occupied", "calls in", "promises kept", "speed of answer", "handling time", "its target",
    "handling in", "was due", "late by", "late and open", "still open", "times as usual", "out", "calls handled",
}  # fmt: skip
"""The same of the heads of its tables; late is the promise there that was not kept on time."""
HEADS_IN_FULL = {
    "service_level_live": "Service level",
    "overdue_ms": "Overdue by",
    "satisfaction": "Satisfied, 28 days",
}
"""Heads of a report that are longer than those of the screen."""
REPORT_COLUMNS = (
    *QUEUE_COLUMNS,
    *CALLER_COLUMNS,
    *TEAM_COLUMNS,
    *AGENT_COLUMNS,
    *OWNER_COLUMNS,
    *LATE_COLUMNS,
    *REASON_COLUMNS,
)
TABLES_OF_DETAILS: tuple[Sequence[Column[Any]], ...] = (
    agent_details.PAUSES,
    agent_details.MISSED,
    agent_details.WEEKS,
    call_lists.CALLS_OF_AGENT,
    call_lists.CONTACTS,
    call_lists.ORDERS,
    call_lists.PROMISES,
    call_lists.ANSWERS_OF_CUSTOMER,
    call_lists.ANSWERS_OF_AGENT,
    detail_tabs.CONCERNED,
    COLUMNS_OF_A_QUEUE,
    REVENUE_COLUMNS,
    COST_COLUMNS,
    queue_details.quarter_columns(busy_floor(24).queues[0], ()),
)
ALERTS_OF_OTHERS = {"streams.md"}
"""Papers that also speak of the alerts of other programs."""


def tabs() -> Iterator[FloorPanel[Any]]:
    for panel in panels():
        yield from panel.tabs


def columns() -> Iterator[Column[Any]]:
    yield from (each for tab in tabs() for each in (*tab.columns, *tab.printed_columns))
    yield from WAITING_COLUMNS
    yield from DAY_COLUMNS
    yield from HANDLING_COLUMNS
    yield from (column for table in TABLES_OF_DETAILS for column in table if column.key != "in_threshold")


@cache
def context() -> ViewContext:
    return ViewContext.of(busy_floor(24))


def labels() -> Iterator[str]:
    """Every head, fact, tab and label of details."""
    for column in columns():
        yield from (column.title, column.short)
    for tab in tabs():
        yield tab.tab
        yield from (label for label, _ in tab.fact_meanings)
        summary = tab.summary(context())
        yield from (fact.label for fact in (summary.figure, *summary.facts, *tab.printed_facts(context())))
        for row in tab.rows(context())[:3]:
            yield from (detail.label for detail in tab.details(row, context()))


def texts() -> Iterator[str]:
    """Every text of the screen that is no name out of the database: help, palette, sentences, status."""
    yield from ("".join(span.text for span in line.spans) for line in help_lines(panels(), KEYS, UNICODE, 500))
    yield from (choice.words for choice in palette_choices(panels(), KEYS))
    yield from (alarm_sentence(alarm, context().snapshot) for alarm in context().snapshot.alarms)
    for tab in tabs():
        yield from (tab.empty_message, tab.purpose, tab.default_sort_help, *tab.notes(context()))
        for row in tab.rows(context())[:3]:
            yield tab.heading(row)
    for width in (80, 200):
        yield from ("".join(span.text for span in line) for line in status_lines(context(), width))


def helps(command: Any) -> Iterator[str]:
    """The help of a command and of its options, and of all commands below it."""
    yield command.help or ""
    yield from (getattr(each, "help", None) or "" for each in command.params)
    for each in getattr(command, "commands", {}).values():
        yield from helps(each)


def found(pattern: str, said: Sequence[str]) -> list[str]:
    return [text for text in said if re.search(rf"(?<!\w){pattern}(?!\w)", text, re.IGNORECASE)]


def prose(paper: Path) -> str:
    """A paper without its code."""
    return re.sub(r"^ {4}.*$|`[^`\n]*`", "", paper.read_text(encoding="utf-8"), flags=re.MULTILINE)


def test_no_head_or_label_has_a_former_name() -> None:
    every = set(labels())
    assert len(every) > 250
    assert every & FORMER_HEADS == set()


@pytest.mark.parametrize("phrase", FORMER_PHRASES)
def test_no_text_on_the_screen_has_a_former_word(phrase: str) -> None:
    assert found(phrase, [*texts(), *labels()]) == []


@pytest.mark.parametrize("phrase", ["alerts?", "phone dead", "not given up", "on the phones", "owe[sd]?"])
def test_no_help_of_a_command_has_a_former_word(phrase: str) -> None:
    said = list(helps(all_commands()))
    assert len(said) > 200
    assert found(phrase, said) == []


@pytest.mark.parametrize("paper", PAPERS, ids=lambda path: path.name)
def test_no_paper_has_a_former_word(paper: Path) -> None:
    said = prose(paper)
    assert [phrase for phrase in FORMER_IN_PAPERS if found(re.escape(phrase), [said])] == []
    assert paper.name in ALERTS_OF_OTHERS or found("alerts?", said.splitlines()) == []


def heads_of_the_glossary() -> dict[str, str]:
    """What each head of the glossary's last section is, by the head with its short form."""
    section = GLOSSARY.partition("\n## Heads on the screen\n")[2]
    rows = [line.strip("|").split("|") for line in section.splitlines() if line.startswith("| ")][1:]
    assert len({row[0] for row in rows}) == len(rows)
    return {row[0].strip(): row[1].strip() for row in rows}


def test_every_head_of_a_column_is_in_the_glossary_and_no_other() -> None:
    known = heads_of_the_glossary()
    titles = {re.sub(r" \((?!Pareto)[^)]*\)$", "", head): head for head in known}
    used = set()
    for column in columns():
        if column.title.strip():
            head = f"{column.title} ({column.short})" if column.short else titles.get(column.title, column.title)
            assert known.get(head), head
            used.add(head)
    assert known.keys() - used == set()


def test_a_short_head_is_shorter_and_each_column_is_as_wide_as_its_head() -> None:
    for column in columns():
        assert not column.short or width_of(column.short) < width_of(column.title)
        assert width_of(column.short or column.title) <= column.width, column.title


def test_a_head_is_whole_where_there_is_room() -> None:
    column = next(each for each in columns() if each.title == "required")
    assert [column.head(cells) for cells in (4, 7, 8, 20)] == ["req.", "req.", "required", "required"]
    plain = next(each for each in columns() if each.title == "offered")
    assert plain.head(4) == "offered", "without a short form it is cut where it is drawn"


@cache
def sentences_of_reports() -> Sequence[str]:
    """Every line of some reports, and every text in the code that writes them, whenever that may be said."""
    found = []
    for each in (report("day", FRIDAY), report("day"), report("week", "2026-11-22"), report("month")):
        found += [
            line for text in (as_plain_text(each, 500), as_markdown(each), as_html(each)) for line in text.split("\n")
        ]
    for module in Path(content.__file__).parent.glob("*.py"):
        if module.stem in WRITERS:
            found += literals(ast.parse(module.read_text(encoding="utf-8")))
    return found


WRITERS = {
    "charts", "content", "curve", "glossary", "goals", "html", "insight", "insights", "markdown", "money_rules",
    "people", "plain_text", "promises", "queues", "reasons", "service_rules", "words",
}  # fmt: skip
"""The modules of which a report is made."""


def literals(tree: ast.AST) -> Iterator[str]:
    """The texts of a module without its docstrings; … stands for what is put into one."""
    whole = {id(each.value) for each in ast.walk(tree) if isinstance(each, ast.Expr)}
    for each in ast.walk(tree):
        if isinstance(each, ast.JoinedStr):
            parts = (part.value if isinstance(part, ast.Constant) else "…" for part in each.values)
            yield "".join(map(str, parts))
        elif isinstance(each, ast.Constant) and isinstance(each.value, str) and id(each) not in whole:
            yield each.value


@pytest.mark.parametrize("phrase", FORMER_IN_REPORTS)
def test_no_report_has_a_former_word(phrase: str) -> None:
    assert len(sentences_of_reports()) > 1000
    assert found(phrase, sentences_of_reports()) == []
    assert found(phrase, prose(ROOT / "docs" / "reports.md").replace("\n", " ").split("|")) == []


def test_a_head_of_a_report_is_that_of_the_screen_for_the_same_figure() -> None:
    labels = [figure.label for day in (None, FRIDAY) for goal in report("day", day).goals for figure in goal.figures]
    assert len(labels) > 80
    titles = {text.casefold() for text in (*labels, *(column.title for column in REPORT_COLUMNS))}
    assert titles & FORMER_HEADS_OF_REPORTS == set()
    heads = heads_by_key()
    compared = 0
    for column in REPORT_COLUMNS:
        known = heads.get(re.sub("_ms$", "", column.key), set())
        if known and column.key != "name":
            compared += 1
            assert column.title.casefold() in known or column.title == HEADS_IN_FULL.get(column.key), column.title
    assert compared > 20


def heads_by_key() -> dict[str, set[str]]:
    """The heads of the screen, long and short, by the keys of the JSON that hold their values."""
    found: dict[str, set[str]] = {}
    for line in GLOSSARY.partition("\n## Heads on the screen\n")[2].splitlines():
        cells = line.strip("|").split("|")
        for key in re.findall(r"`(\w+)`", cells[-1]):
            heads = re.fullmatch(r"(.*?)(?: \((.*)\))?", cells[0].strip())
            assert heads is not None
            names = {each.casefold() for each in heads.groups() if each}
            found.setdefault(re.sub("_s$", "", key), set()).update(names)
    return found
