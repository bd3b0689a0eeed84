"""Remarks under the rows of a panel."""

from __future__ import annotations

from collections.abc import Sequence

from ccmon.formatting import fit, wrapped
from ccmon.views.styled_text import Span, TextStyle, blank
from ccmon.views.view import View


def paragraphs(texts: Sequence[str], view: View, width: int, height: int) -> Sequence[tuple[Span, ...]]:
    """Remarks under the rows, a line apart from them, wrapped; as many lines as there is room for.

    Where that is not all, the last line counts the rest: the details of a row hold them in full.
    """
    pieces = [piece for text in texts for piece in wrapped(text, width, "  ")]
    room = max(0, height - 1)
    if 0 < room < len(pieces):
        rest = len(pieces) - room + 1
        pieces = [*pieces[: room - 1], f"{view.glyphs.more} {rest} more lines: Enter shows them"]
    lines = [(Span(fit(piece, width, more=view.glyphs.more), TextStyle.QUIET),) for piece in pieces[:room]]
    return [(blank(width),), *lines] if lines else ()
