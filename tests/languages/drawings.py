"""All that people read, drawn in the language in force: by where it stands, its lines."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

from ccmon.database.detail_reader import read_details
from ccmon.model.details import DetailRequest, ReadDetails
from ccmon.report.alarm_lines import standing_lines
from ccmon.report.html import as_html
from ccmon.report.markdown import as_markdown
from ccmon.report.plain_text import as_plain_text
from ccmon.report.text import status_lines
from ccmon.views import chrome
from ccmon.views.alarms import alarm_sentence
from ccmon.views.all_panels import panels
from ccmon.views.detail_tabs import subject_of, tabs_of, tabs_of_row
from ccmon.views.glyphs import UNICODE
from ccmon.views.keys import KEYS
from ccmon.views.modal_content import detail_columns, filter_choices, help_lines, palette_choices
from ccmon.views.panel_drawing import PanelDrawing
from ccmon.views.panel_state import PanelState
from ccmon.views.proof_content import proof_lines
from ccmon.views.proofs import prove
from ccmon.views.view_context import ViewContext
from tests.alarm_lines import list_lines
from tests.languages.pseudo import disguised
from tests.proofs import every_figure
from tests.report.reports import report
from tests.snapshot.seeded_floor import NOW, seeded_database

WIDTHS = (76, 116, 196)
"""Of panels at 80, 120 and 200 columns."""
Drawn = Iterator[tuple[str, list[str]]]


def panels_of(context: ViewContext) -> Drawn:
    """Every tab of every panel at each width, on its own and among others; its details."""
    for panel in panels():
        for place, tab in enumerate(panel.tabs):
            for width in WIDTHS:
                drawing = PanelDrawing(panel, PanelState())
                drawing.show_tab(place)
                for height in (9, 40):
                    lines = drawing.draw(context, width, height, active=True, stale=False)
                    yield f"{panel.name}, view {place + 1}, {width}x{height}", [line.text for line in lines]
            for row in list(tab.rows(context))[:6]:
                lines = detail_columns(tab.details(row, context), UNICODE, 110)
                yield f"{panel.name}, view {place + 1}, details", [line.text for line in lines]


def frame_of(context: ViewContext) -> Drawn:
    """What stands around the panels, and the lists that are made of the floor."""
    for width in (80, 120, 200):
        lines = [
            chrome.status_line(context, width, UNICODE, chrome.watched_text(context, ""), 400),
            chrome.status_line(context, width, UNICODE, "", 400_000),
            *chrome.alarm_lines(context, width, UNICODE, None),
            *chrome.kpi_strip_lines(context, panels(), 1, width, UNICODE, stale=False),
            chrome.secondary_line(context, panels()[5:], 6, width, UNICODE, stale=True),
            chrome.keys_line(width, tabs=True),
            chrome.keys_line(width, follow_up_chosen=True, customer_chosen=True, alarm_chosen=True, undoing=True),
            *chrome.too_small_lines(width, 5, 66, 14),
        ]
        yield f"around the panels, {width}", [line.text for line in lines]
        yield f"alarms, {width}", [line.text for line in list_lines(context, width)]
    yield "sentences of alarms", [alarm_sentence(alarm, context.snapshot) for alarm in context.snapshot.alarms]
    yield "help", [line.text for line in help_lines(panels(), KEYS, UNICODE, 100)]
    for what, options in (
        ("palette", palette_choices(panels(), KEYS)),
        ("filter", filter_choices(context.snapshot, context.filters, None)),
    ):
        yield what, [f"{option.words} {option.remark}" for option in options]


def proofs_of(context: ViewContext, most: int = 400) -> Drawn:
    """How each figure comes about."""
    for place, figure in enumerate(every_figure(panels(), context)):
        if place >= most:
            break
        proof = prove(figure, context)
        yield f"proof of {figure.title}", [line.text for line in proof_lines(proof, UNICODE, 100)]


def details_of(context: ViewContext, ours: re.Pattern[str]) -> Drawn:
    """The views of the rows of a seeded floor that are read from its database."""
    done = set()
    day = context.snapshot.day
    for panel in panels():
        for tab in panel.tabs:
            for row in tab.rows(context):
                subject = subject_of(row)
                if subject is None or type(subject) in done:
                    continue
                done.add(type(subject))
                for view in (*tabs_of(subject), *tabs_of_row(tab, row)):
                    read = ReadDetails(NOW, (), more=False)
                    if view.page is not None:
                        read = disguised(
                            read_details(seeded_database(), DetailRequest(view.page, subject, NOW, day, None, 60)), ours
                        )
                    for width in (72, 112):
                        yield (
                            f"details of {type(subject).__name__}, {view.name}",
                            ["".join(span.text for span in line.spans) for line in view.draw(read, context, width)],
                        )


def texts_of(context: ViewContext) -> Drawn:
    """The status and the alarms as text."""
    for width in (80, 200):
        lines = status_lines(context, width)
        yield f"status, {width}", ["".join(span.text for span in line) for line in lines]
    yield "ccmon alarms", list(standing_lines(context.snapshot))


def reports() -> Drawn:
    """Reports of a day, a week and a month in each form."""
    for kind, text in (("day", None), ("week", "2026-11-22"), ("month", None), ("since", "09:07")):
        made = report(kind, text)
        yield f"report of a {kind}, text", as_plain_text(made, 100).splitlines()
        yield f"report of a {kind}, Markdown", as_markdown(made).splitlines()
        yield f"report of a {kind}, HTML", _text_of(as_html(made)).splitlines()


def _text_of(page: str) -> str:
    """What a page of HTML shows."""
    return html.unescape(re.sub(r"<style.*?</style>|<[^>]*>", "\n", page, flags=re.DOTALL))
