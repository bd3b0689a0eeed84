"""The head of a panel: its figure, large where there is room, and facts beside it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import NamedTuple

from ccmon.formatting import width_of
from ccmon.views.columns import padded
from ccmon.views.glyphs import GlyphSet, big
from ccmon.views.panel import Fact, PanelSummary
from ccmon.views.styled_text import Span, StyledLine, TextStyle, blank


class _Block(NamedTuple):
    """A part of a head of three lines: the figure with its word, or up to three facts one above the other."""

    facts: Sequence[Fact]
    width: int
    lines: Sequence[Sequence[Span]]


class CachedHead:
    """The lines of a head; in a head of three lines, only blocks with a changed fact are made again."""

    def __init__(self) -> None:
        self._glyphs: GlyphSet | None = None
        self._blocks: Sequence[_Block] = ()
        self._lines: Sequence[StyledLine] = ()

    def draw(self, summary: PanelSummary, width: int, glyphs: GlyphSet, *, tall: bool) -> Sequence[StyledLine]:
        """The head in three lines if it may be `tall` and its figure has a large form, else in one."""
        return (self._tall(summary, width, glyphs) if tall else None) or [_flat(summary, width, glyphs)]

    def _tall(self, summary: PanelSummary, width: int, glyphs: GlyphSet) -> Sequence[StyledLine] | None:
        """A large figure with its word, facts beside it in columns of three."""
        known, self._blocks = self._blocks if glyphs is self._glyphs else (), ()
        self._glyphs = glyphs
        figure = known[0] if known and known[0].facts[0] == summary.figure else _block_of_figure(summary.figure, glyphs)
        if figure is None:
            return None
        blocks, used = [figure], figure.width
        for place, start in enumerate(range(0, len(summary.facts), 3), start=1):
            facts = summary.facts[start : start + 3]
            is_known = place < len(known) and known[place].facts == facts
            block = known[place] if is_known else _block_of_facts(facts, glyphs)
            if used + block.width > width:
                break
            used += block.width
            blocks.append(block)
        rest = blank(width - used)
        lines = [StyledLine((*chain.from_iterable(block.lines[row] for block in blocks), rest)) for row in range(3)]
        before = self._lines or lines
        self._lines = [old if old == line else line for old, line in zip(before, lines, strict=True)]
        self._blocks = blocks
        return self._lines


def _flat(summary: PanelSummary, width: int, glyphs: GlyphSet) -> StyledLine:
    """The head in one line: the figure, its word, then facts as long as there is room."""
    label, figure, style = summary.figure
    figure = glyphs.signed(figure, style)
    spans = [Span(glyphs.fit(figure, width_of(figure)), style), Span(f" {label}")]
    used = sum(width_of(span.text) for span in spans)
    for fact in summary.facts:
        label, value = f"   {fact.label} ", glyphs.signed(fact.value, fact.style)
        value = glyphs.fit(value, width_of(value))
        needed = width_of(label) + width_of(value)
        if used + needed > width:
            break
        spans += [Span(label, TextStyle.QUIET), Span(value, fact.style.or_else(TextStyle.STRONG))]
        used += needed
    return StyledLine(padded(spans, width))


def _block_of_figure(fact: Fact, glyphs: GlyphSet) -> _Block | None:
    """A figure three rows high with its word and, above that, its sign; None if a character has no such form."""
    word, value, style = fact
    sign = glyphs.signed(value, style).removesuffix(value)
    figure = big(value.replace(" ", ""))
    if figure is None:
        return None
    left = max(13, len(figure[0]) + max(1 + width_of(word) if word else 0, 1 + width_of(sign) if sign else 0))
    lines: list[Sequence[Span]] = []
    for row, cells in enumerate(figure):
        label = Span(f" {word}") if row == 2 and word else Span(f" {sign}", style) if row == 1 and sign else Span("")
        lines.append((Span(cells, style), label, blank(left - len(cells) - width_of(label.text))))
    return _Block((fact,), left, lines)


def _block_of_facts(facts: Sequence[Fact], glyphs: GlyphSet) -> _Block:
    """Up to three facts, one above the other."""
    labels = max(width_of(fact.label) for fact in facts)
    values = max(width_of(glyphs.signed(fact.value, fact.style)) for fact in facts)
    width = 3 + labels + 1 + values
    lines = [_fact(facts[row], labels, values, glyphs) if row < len(facts) else (blank(width),) for row in range(3)]
    return _Block(facts, width, lines)


def _fact(fact: Fact, labels: int, values: int, glyphs: GlyphSet) -> Sequence[Span]:
    label = glyphs.fit(fact.label, labels)
    value = glyphs.fit(glyphs.signed(fact.value, fact.style), values, right=True)
    return blank(3), Span(label, TextStyle.QUIET), blank(1), Span(value, fact.style.or_else(TextStyle.STRONG))
