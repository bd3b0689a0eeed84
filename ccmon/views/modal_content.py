"""The texts of the dialogs: help, a row's details, the alarms, and what can be chosen. Pure: a width in, lines out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Any, NamedTuple

from ccmon.formatting import plain, width_of, wrapped
from ccmon.model.snapshot import FloorSnapshot
from ccmon.snapshot.narrow import FILTER_KINDS, Filters, names, narrow
from ccmon.spelling import folded
from ccmon.views.agents import STATES
from ccmon.views.column_choice import ColumnPlace
from ccmon.views.columns import Column
from ccmon.views.glyphs import GlyphSet
from ccmon.views.keys import Key, key_of
from ccmon.views.layout import MAIN_PANELS, SECONDARY
from ccmon.views.panel import Detail, FloorPanel
from ccmon.views.styled_text import Span, StyledLine, TextStyle, blank, blank_line

LEAST_COLUMN, LEAST_VALUE, BETWEEN = 48, 20, 4
"""Cells of a column of details, of the values in it, and between two columns."""
HELP_LABELS = 23
"""The width of the names of figures in the help."""


class PickerOption(NamedTuple):
    """What can be chosen."""

    result: str
    """What the chooser is dismissed with; empty for a heading."""
    words: str
    remark: str = ""


def _wrapped(
    text: str, width: int, glyphs: GlyphSet, style: TextStyle = TextStyle.TEXT, indent: int = 0
) -> list[StyledLine]:
    room = width - indent
    return [StyledLine((blank(indent), Span(glyphs.fit(piece, room), style))) for piece in wrapped(text, room)]


def _beside(
    label: Span, text: Span, label_width: int, width: int, glyphs: GlyphSet, *, gap: int = 0
) -> list[StyledLine]:
    """A label at the left, a text beside it in as many lines as it takes."""
    room = width - label_width - gap
    return [
        StyledLine(
            (
                Span(glyphs.fit("" if number else label.text, label_width), label.style),
                blank(gap),
                Span(glyphs.fit(piece, room), text.style),
            )
        )
        for number, piece in enumerate(wrapped(text.text, room))
    ]


def _explained(word: str, text: str, word_width: int, width: int, glyphs: GlyphSet) -> list[StyledLine]:
    return _beside(Span(word, TextStyle.KEY), Span(text), word_width, width, glyphs, gap=1)


def _heading(text: str, width: int, glyphs: GlyphSet) -> list[StyledLine]:
    return [StyledLine((blank(width),)), glyphs.line(text, width, TextStyle.TITLE)]


def help_lines(
    panels: Sequence[FloorPanel[Any]], keys: Sequence[Key], glyphs: GlyphSet, width: int, front: int | None = None
) -> list[StyledLine]:
    """What the keys do, what the signs mean, and what every figure on the screen means.

    First comes the panel in front; where all are on the screen, how that is arranged.
    """
    ordered = sorted(panels, key=lambda panel: panel.number != front)
    first = sum(panel.number == front for panel in ordered)
    of_panels = [_panel_help(panel, width, glyphs, key_of(keys, "view").first) for panel in ordered]
    of_keys = [_explained(key.shown, key.help + ".", 12, width, glyphs) for key in keys]
    of_screen = _screen_help(panels, keys, width, glyphs)
    parts = [*of_panels[:first], of_screen, _heading("Keys", width, glyphs), *of_keys, _sign_help(width, glyphs)]
    return [*chain.from_iterable([*parts, *of_panels[first:]])][1:]


def _screen_help(
    panels: Sequence[FloorPanel[Any]], keys: Sequence[Key], width: int, glyphs: GlyphSet
) -> list[StyledLine]:
    """What stands where while all panels are on the screen."""

    def key(action: str) -> str:
        return key_of(keys, action).first

    main = [panel for panel in panels if panel.number in MAIN_PANELS]
    others = ", ".join(f"{panel.number} {panel.name}" for panel in panels if panel.number in SECONDARY)
    lines = _heading("All panels", width, glyphs)
    for word, text in (
        ("first line", "The time, how old the data is, what is shown, and how many alarms there are."),
        ("second line", f"The worst alarm. {key('alarms')}: all alarms; {key('alarm_worst')}: who could help."),
        *((f"{panel.number} {panel.name}", panel.purpose) for panel in main),
        ("the marked frame", f"The panel to which keys apply: its rows, its order, its views. {key('next')} marks the "
         "next one, its number shows it at full size. Help then begins with it."),
        ("below the panels", f"The most important figures of {others}, or the panels themselves."),
        ("last line", "Keys that work at present."),
    ):  # fmt: skip
        lines += _explained(word, text, HELP_LABELS, width, glyphs)
    return lines


def _sign_help(width: int, glyphs: GlyphSet) -> list[StyledLine]:
    lines = _heading("Signs", width, glyphs)
    signs = [
        (glyphs.act, "Somebody must act now; the worst stands on the second line of the screen."),
        (glyphs.watch, "Worth watching."),
        (glyphs.live, "Beside the age of the data: it is live. Older data is called old, and figures that are no "
         "longer live are dimmed."),
        (glyphs.ahead, "Ahead of the quota."),
        (glyphs.behind, "Behind the quota."),
        (glyphs.undecided, "The calls so far are too few to tell."),
        (glyphs.unknown, "Unknown: nothing to measure yet. It is not 0."),
        *((look.glyph(glyphs), look.word) for look in STATES.values()),
    ]  # fmt: skip
    for sign, text in signs:
        lines += _explained(sign, text[0].upper() + text[1:].rstrip(".") + ".", 3, width, glyphs)
    return lines


def _panel_help(panel: FloorPanel[Any], width: int, glyphs: GlyphSet, next_tab: str) -> list[StyledLine]:
    """The figures of a panel's head, then its tabs."""
    lines = _heading(f"{panel.number} {panel.name}", width, glyphs)
    for label, text in panel.fact_meanings:
        lines += _explained(label, text, HELP_LABELS, width, glyphs)
    for before, tab in zip((None, *panel.tabs), panel.tabs, strict=False):
        columns = before is None or before.columns is not tab.columns
        lines += _tab_help(tab, width, glyphs, next_tab, columns=columns)
    return lines


def _tab_help(tab: FloorPanel[Any], width: int, glyphs: GlyphSet, next_tab: str, *, columns: bool) -> list[StyledLine]:
    """What one tab of a panel is for, and its columns."""
    title = f"View {tab.tab} ({next_tab})" if tab.tab else "Columns"
    lines = [glyphs.line(title, width, TextStyle.QUIET)]
    lines += _wrapped(f"{tab.purpose} Order: {tab.default_sort_help}.", width, glyphs)
    for column in tab.columns if columns else ():
        if column.title.strip():
            lines += _explained(column.title, column.meaning, HELP_LABELS, width, glyphs)
    return lines


def _label_width(details: Sequence[Detail], width: int) -> int:
    """Cells for the labels of details: for all of the longest, if that leaves a third for the values."""
    return min(max((width_of(plain(each.label)) for each in details if each.value), default=0), width * 2 // 3)


def detail_lines(
    details: Sequence[Detail], glyphs: GlyphSet, width: int, labels: int | None = None
) -> list[StyledLine]:
    """A row's details: labels, by default as wide as the longest, and values; headings where there is no value."""
    lines: list[StyledLine] = []
    labels = _label_width(details, width) if labels is None else labels
    for label, value, style in details:
        if value:
            text = Span(glyphs.signed(value, style), style.or_else(TextStyle.STRONG))
            lines += _beside(Span(label, TextStyle.QUIET), text, labels, width, glyphs, gap=2)
        else:
            lines += (_heading if len(label) <= 40 else _wrapped)(label, width, glyphs)
    return lines


def detail_columns(details: Sequence[Detail], glyphs: GlyphSet, width: int) -> list[StyledLine]:
    """A row's details with their sections side by side where there is room, read down one column after the other."""
    number = max(1, (width + BETWEEN) // (LEAST_COLUMN + BETWEEN))
    labels = _label_width(details, width)
    while number > 1 and (width - BETWEEN * (number - 1)) // number < labels + 2 + LEAST_VALUE:
        number -= 1
    each = (width - BETWEEN * (number - 1)) // number
    sections: list[list[Detail]] = []
    for detail in details:
        if not sections or not detail.value:
            sections.append([])
        sections[-1].append(detail)
    # Without the empty line above a heading: columns begin at the top.
    blocks = [detail_lines(section, glyphs, each, labels) for section in sections]
    blocks = [lines[1:] if lines and not lines[0].text.strip() else lines for lines in blocks]
    if number == 1 or len(blocks) == 1:
        return detail_lines(details, glyphs, width)
    columns = _in_columns(blocks, number)
    height = max(map(len, columns))
    missing = width - number * each - BETWEEN * (number - 1)
    lines = []
    for row in range(height):
        spans: list[Span] = []
        for place in range(number):
            column = columns[place] if place < len(columns) else []
            spans += column[row].spans if row < len(column) else (blank(each),)
            spans.append(blank(BETWEEN if place < number - 1 else missing))
        lines.append(StyledLine(tuple(spans)))
    return lines


def _in_columns(blocks: Sequence[Sequence[StyledLine]], number: int) -> list[list[StyledLine]]:
    """Blocks in at most so many columns, as low as can be; an empty line parts those one below the other."""

    def filled(height: int) -> list[list[StyledLine]]:
        columns: list[list[StyledLine]] = [[]]
        for block in blocks:
            if columns[-1] and len(columns[-1]) + 1 + len(block) > height:
                columns.append([])
            if columns[-1]:
                columns[-1].append(blank_line(sum(width_of(span.text) for span in block[0].spans)))
            columns[-1] += block
        return columns

    height = max(map(len, blocks))
    while len(columns := filled(height)) > number:
        height += 1
    return columns


def filter_choices(floor: FloorSnapshot, filters: Filters, only: str | None) -> list[PickerOption]:
    """Queues, teams and clients to narrow the screen to; the answer is `kind:name`, or `kind:` for all of them.

    A screen narrowed to a client offers only the client's own: it shows no name of another client's.
    """
    now = dict(filters.in_force)
    floor = narrow(floor, Filters(client=filters.client))
    choices: list[PickerOption] = []
    for kind in (only,) if only else FILTER_KINDS:
        choices.append(PickerOption("", kind.capitalize()))
        everything = "no filter" if kind not in now else f"now {now[kind]}"
        choices.append(PickerOption(f"{kind}:", f"all {kind}s", everything))
        choices += [PickerOption(f"{kind}:{name}", name, kind) for name in names(floor, kind)]
    return choices


def agent_choices(floor: FloorSnapshot) -> list[PickerOption]:
    """Agents to go to; the answer is the agent's id."""
    return [
        PickerOption(str(agent.id), agent.name, f"{agent.login}  {agent.team or ''}  {STATES[agent.state].word}")
        for agent in sorted(floor.agents, key=lambda agent: folded(agent.name))
    ]


def palette_choices(panels: Sequence[FloorPanel[Any]], keys: Sequence[Key]) -> list[PickerOption]:
    """Every key's action, and every figure with what it means.

    The answer is ``key:`` and the key's id, ``panel:`` with number and tab, ``fact:`` with number, tab and label, or
    ``figure:`` with number, tab and column.
    """
    choices = [PickerOption("", "Do")]
    choices += [
        PickerOption(f"key:{key.id}", key.help, key.shown) for key in keys if key.id not in {"up", "down", "palette"}
    ]
    for panel in panels:
        choices.append(PickerOption("", f"Figures of {panel.name}"))
        choices += [
            PickerOption(f"fact:{panel.number}:0:{label}", f"{label}: {text}", panel.name)
            for label, text in panel.fact_meanings
        ]
        for place, tab in enumerate(panel.tabs):
            where = f"{panel.name}, {tab.tab}" if tab.tab else panel.name
            if tab.tab:
                choices.append(PickerOption(f"panel:{panel.number}:{place}", f"{where}: {tab.purpose}", "view"))
            choices += [
                PickerOption(f"figure:{panel.number}:{place}:{c.key}", f"{c.title}: {c.meaning}", where)
                for c in tab.columns
                if c.title.strip()
            ]
    return choices


def column_choices(columns: Sequence[tuple[Column[Any], ColumnPlace]]) -> list[PickerOption]:
    """The columns of a panel, each with whether it is shown; the answer is `column:key`, or `usual` for all of them."""
    changed = any(place in {ColumnPlace.ALWAYS, ColumnPlace.HIDDEN} for _, place in columns)
    return [
        PickerOption("usual", "All columns as there is room", "" if changed else "now"),
        *(
            PickerOption(f"column:{column.key}", f"{column.title}: {column.meaning}", place)
            for column, place in columns
        ),
    ]


def view_choices(names: Iterable[str]) -> list[PickerOption]:
    """The views with names; the answer is `show:name` or `remove:name`."""
    sorted_names = sorted(names, key=folded)
    if not sorted_names:
        return [PickerOption("", "No view has a name yet")]
    return [
        PickerOption("", "Show"),
        *(PickerOption(f"show:{name}", name, "show") for name in sorted_names),
        PickerOption("", "Remove"),
        *(PickerOption(f"remove:{name}", name, "remove") for name in sorted_names),
    ]


def typed_view(typed: str) -> PickerOption | None:
    """The choice to save under the name that has been typed."""
    name = " ".join(plain(typed).split())
    return PickerOption(f"save:{name}", f"Save as {name}", "save") if name else None
