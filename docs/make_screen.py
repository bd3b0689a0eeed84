"""Make docs/screen.svg, the README's picture: the real monitor on a simulated floor. `python docs/make_screen.py`."""

from __future__ import annotations

import asyncio
import re
import tempfile
from datetime import datetime
from pathlib import Path

from ccmon.database import creation, reader
from ccmon.model.snapshot import FloorSnapshot
from ccmon.monitor.app import Monitor
from ccmon.monitor.poller import Poller
from ccmon.simulator import history
from ccmon.views.glyphs import UNICODE

PICTURE = Path(__file__).with_name("screen.svg")
MOMENT = datetime.fromisoformat("2026-11-23T13:37:21+01:00")
FONTS = '"DejaVu Sans Mono", "Liberation Mono", Menlo, Consolas, monospace'


class OneFloor:
    """A reader that always gives the same floor."""

    def __init__(self, floor: FloorSnapshot) -> None:
        self._floor = floor

    async def snapshot(self, at: int | None) -> FloorSnapshot:
        """Give the floor, whatever the moment."""
        return self._floor

    async def close(self) -> None:
        """Nothing to close."""


def floor() -> FloorSnapshot:
    """Simulate a month of a centre and look at the last moment."""
    at = round(MOMENT.timestamp() * 1000)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "calls.db"
        creation.create(path, time_zone="Europe/Amsterdam")
        history.seed(path, days=30, agents=40, seed=1, until=at)
        return reader.snapshot(path, at)


async def picture(shown: FloorSnapshot, size: tuple[int, int]) -> str:
    """Return the monitor's screen as SVG."""
    app = Monitor(Poller(OneFloor(shown), clock=lambda: 0.0), UNICODE, ticking=False)
    async with app.run_test(size=size) as pilot:
        await app.tick()
        await pilot.pause()
        return app.export_screenshot(title="ccmon")


def without_addresses(svg: str) -> str:
    """Take out the fonts that a viewer would load from elsewhere; columns keep their widths without them."""
    svg = re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL)
    svg = svg.replace("font-family: Fira Code, monospace", f"font-family: {FONTS}")
    svg = re.sub(r"<!-- .*? -->\s*", "", svg)
    return re.sub(r"terminal-\d+", "screen", svg)


def main() -> None:
    """Write the picture."""
    svg = asyncio.run(picture(floor(), (120, 40)))
    PICTURE.write_text("\n".join(line.rstrip() for line in without_addresses(svg).splitlines()) + "\n")


if __name__ == "__main__":
    main()
