"""The text of ``ccmon status`` at three widths."""

from __future__ import annotations

import pytest
from rich.console import Console

from ccmon.report.status import print_status
from tests.goldens.moments import MOMENTS, agrees, floor_of

WIDTHS = (80, 120, 200)


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", [*MOMENTS, "by_hand"])
def test_status_text(name: str, width: int) -> None:
    console = Console(width=width, record=True, highlight=False, markup=False, emoji=False, color_system=None)
    with console.capture() as captured:
        print_status(floor_of(name), console)
    agrees(f"status/{name}_{width}.txt", captured.get())
