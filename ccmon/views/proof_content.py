"""The texts of the dialogs about a figure: its proof, and the rows behind it. Pure: a width in, lines out."""

from __future__ import annotations

from collections.abc import Sequence

from ccmon.formatting import plain, wrapped
from ccmon.model.proofs import PageBehind
from ccmon.views.column_widths import fit_columns, longest_texts
from ccmon.views.columns import draw_row, draw_titles
from ccmon.views.glyphs import GlyphSet
from ccmon.views.modal_content import detail_lines
from ccmon.views.panel import Detail
from ccmon.views.proofs import Proof
from ccmon.views.rows_behind import COLUMNS, rows_summary
from ccmon.views.styled_text import StyledLine, TextStyle, blank_line
from ccmon.views.view_context import ViewContext


def text_lines(text: str, width: int, glyphs: GlyphSet, style: TextStyle = TextStyle.TEXT) -> list[StyledLine]:
    """A text in as many lines as it takes; what is indented stays so."""
    lines = []
    for line in text.splitlines():
        indent = min(len(line) - len(line.lstrip()), width // 2)
        pieces = wrapped(line.strip(), width - indent)
        lines += [glyphs.line(f"{'':{indent}}{piece}", width, style) for piece in pieces]
    return lines


def proof_lines(proof: Proof, glyphs: GlyphSet, width: int) -> list[StyledLine]:
    """What a figure is, how it comes about, and what else there is to say."""
    meaning, sentence, *others = proof.lines
    notes = [text for label, text in others if not label]
    details = [Detail(label, text) for label, text in others if label]
    return [
        *text_lines(meaning[1], width, glyphs, TextStyle.QUIET),
        blank_line(width),
        *text_lines(sentence[1], width, glyphs, TextStyle.STRONG),
        *(line for note in notes for line in text_lines(note, width, glyphs)),
        blank_line(width),
        *detail_lines(details, glyphs, width),
    ]


def row_lines(proof: Proof, page: PageBehind, context: ViewContext, width: int) -> list[StyledLine]:
    """The rows behind a figure that have been read, under how many there are in all."""
    summary = f"{rows_summary(page)}; {proof.over}"
    lines = [*text_lines(summary, width, context.glyphs, TextStyle.QUIET), blank_line(width)]
    if page.rows:
        fitted = fit_columns(COLUMNS, width, longest_texts(COLUMNS, page.rows, context))
        lines.append(StyledLine(draw_titles(fitted, width, context, None, descending=False)))
        lines += [StyledLine(draw_row(fitted, row, width, context), starts=True) for row in page.rows]
    return lines


def lines_as_text(lines: Sequence[StyledLine]) -> str:
    """Lines as text to copy."""
    return "\n".join(plain(line.text).rstrip() for line in lines)
