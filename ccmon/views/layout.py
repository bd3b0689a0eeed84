"""The layout of the screen for a terminal of any size: pure arithmetic on cells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

LEAST_WIDTH, LEAST_HEIGHT = 66, 14
"""Below this the screen asks for a larger terminal."""
ALL_WIDTH, ALL_HEIGHT = 100, 30
"""From this size on all five main panels are on the screen at once."""
STACKED_HEIGHT = 64
"""From this height on a narrower terminal has them too, one below the other."""
KPI_STRIP_HEIGHT = 3
LARGE_WIDTH, LARGE_HEIGHT = 160, 52
"""From this size on the secondary panels are shown below the main ones."""
SECONDARY_HEIGHT = 14

QUEUE, AGENTS, CONVERSION, HANDLING, FOLLOW_UPS = 1, 2, 3, 4, 5
SATISFACTION, CUSTOMERS, PROBLEMS, VALUE = 6, 7, 8, 9
MAIN_PANELS = (QUEUE, AGENTS, CONVERSION, HANDLING, FOLLOW_UPS)
"""What is always on the screen: whole, or as a figure in the KPI strip."""
SECONDARY = (SATISFACTION, CUSTOMERS, PROBLEMS, VALUE)
"""What changes by the hour: a line of figures above the keys, whole where there is room or by its number."""


class Box(NamedTuple):
    """A rectangle of cells."""

    x: int
    y: int
    width: int
    height: int


class ScreenLayout(NamedTuple):
    """The boxes of one screen. What has no box is not shown."""

    status: Box
    alarm: Box
    keys: Box
    kpi_strip: Box | None
    secondary: Box | None
    """The line with the figures of the secondary panels."""
    panels: Mapping[int, Box]


def too_small(width: int, height: int) -> bool:
    """Whether the terminal is too small for anything but a sentence."""
    return width < LEAST_WIDTH or height < LEAST_HEIGHT


def all_fit(width: int, height: int) -> bool:
    """Whether all five main panels are on the screen at once."""
    return height >= (ALL_HEIGHT if width >= ALL_WIDTH else STACKED_HEIGHT)


def lay_out(
    width: int,
    height: int,
    opened: int | None,
    wanted: Mapping[int, int],
    *,
    alarm_height: int = 1,
    keys_height: int = 1,
) -> ScreenLayout:
    """The boxes for a terminal of this size.

    `opened` is the panel brought to the front, or None for all of them; `wanted` the height at which a panel would show
    all it has. Alarm and keys are higher than a line where a long message stands there.
    """
    status, alarm = Box(0, 0, width, 1), Box(0, 1, width, alarm_height)
    keys = Box(0, height - keys_height, width, keys_height)
    top, room = 1 + alarm_height, height - 2 - alarm_height - keys_height
    secondary: Box | None = Box(0, height - keys_height - 1, width, 1)
    if opened is not None or not all_fit(width, height):
        strip = Box(0, top, width, KPI_STRIP_HEIGHT)
        panel = Box(0, top + KPI_STRIP_HEIGHT, width, room - KPI_STRIP_HEIGHT)
        return ScreenLayout(
            status=status, alarm=alarm, keys=keys, kpi_strip=strip, secondary=secondary, panels={opened or QUEUE: panel}
        )
    panels: dict[int, Box] = {}
    if width >= LARGE_WIDTH and height >= LARGE_HEIGHT:
        secondary = None
        room += 1 - SECONDARY_HEIGHT
        edges = [width * place // len(SECONDARY) for place in range(len(SECONDARY) + 1)]
        for number, x, end in zip(SECONDARY, edges, edges[1:], strict=False):
            panels[number] = Box(x, top + room, end - x, SECONDARY_HEIGHT)
    # Queues and agents have more columns that are needed at a glance than the others.
    left = max(59, round(width * (0.59 if width < 160 else 0.54)))
    beside = (0, left, (QUEUE, AGENTS)), (left, width - left, (CONVERSION, HANDLING, FOLLOW_UPS))
    for x, column_width, column in beside if width >= ALL_WIDTH else ((0, width, MAIN_PANELS),):
        y = top
        for panel_number, panel_height in zip(column, share(room, [wanted[each] for each in column]), strict=True):
            panels[panel_number] = Box(x, y, column_width, panel_height)
            y += panel_height
    return ScreenLayout(status=status, alarm=alarm, keys=keys, kpi_strip=None, secondary=secondary, panels=panels)


def share(room: int, wanted: Sequence[int]) -> list[int]:
    """Divide `room` among neighbours: nobody gets more than wanted while another lacks; the last takes the rest."""
    heights = [0] * len(wanted)
    left = list(range(len(wanted)))
    rest = room
    while left:
        equal = rest // len(left)
        modest = [index for index in left if wanted[index] <= equal]
        if not modest:
            for index in left:
                heights[index] = equal
            heights[left[-1]] += rest - equal * len(left)
            return heights
        for index in modest:
            heights[index] = wanted[index]
            rest -= wanted[index]
            left.remove(index)
    heights[-1] += rest
    return heights
