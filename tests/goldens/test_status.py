"""The text of ``ccmon status`` at three widths."""

from __future__ import annotations

import pytest

from ccmon.report.text import status_lines
from ccmon.views.view_context import ViewContext
from tests.goldens.moments import HERE, MOMENTS, agrees, floor_of

WIDTHS = (80, 120, 200)


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", [*MOMENTS, "by_hand"])
def test_status_text(name: str, width: int) -> None:
    lines = status_lines(ViewContext.of(floor_of(name)), width)
    agrees(f"status/{name}_{width}.txt", "".join("".join(span.text for span in line) + "\n" for line in lines))


def test_the_readme_shows_such_a_text() -> None:
    readme = (HERE.parents[1] / "README.md").read_text(encoding="utf-8")
    example = readme.partition("At 80 columns:\n\n")[2].partition("\n\nThe object's schema")[0]
    golden = (HERE / "status" / "by_hand_80.txt").read_text(encoding="utf-8")
    for context in example.replace("\n    ", "\n").removeprefix("    ").split("\n\n"):
        assert f"\n{context}\n" in golden
