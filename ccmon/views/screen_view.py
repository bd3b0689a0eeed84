"""What a person has set on the screen: panel in front, tabs, order and columns of each, filters."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct, field

from ccmon.snapshot.narrow import FILTER_KINDS, Filters
from ccmon.snapshot.windows import Window


class TabView(Struct, frozen=True, omit_defaults=True):
    """What is set in one tab of a panel."""

    sort: str | None = None
    """Key of the column sorted by; None: the panel's own order."""
    descending: bool = True
    always: tuple[str, ...] = ()
    """Keys of columns that come before others where there is no room for all."""
    hidden: tuple[str, ...] = ()
    """Keys of columns that are not shown."""


class ScreenView(Struct, frozen=True, omit_defaults=True):
    """What is set on the whole screen. Names that mean nothing any more are ignored."""

    opened: int | None = None
    """Number of the panel in front at full size."""
    active: int | None = None
    """Number of the panel to which the keys apply."""
    shown_tabs: Mapping[str, str] = field(default_factory=dict)
    """By number of a panel, the key of the tab that it shows; the first one otherwise."""
    tabs: Mapping[str, TabView] = field(default_factory=dict)
    """By key of a tab."""
    filters: Mapping[str, str] = field(default_factory=dict)
    """By kind, the name to which the screen is narrowed."""
    window: str = Window.TODAY.value
    """Over which part of the day calls of queues are counted."""

    @property
    def kept_window(self) -> Window:
        """The window, if there is one of this name."""
        return Window(self.window) if self.window in set(Window) else Window.TODAY

    @property
    def kept_filters(self) -> Filters:
        """The filters of a kind that there is."""
        return Filters(**{kind: name for kind, name in self.filters.items() if kind in FILTER_KINDS and name})


AS_USUAL, AS_USUAL_TAB = ScreenView(), TabView()
"""Nothing is set."""


def without(filters: Filters, kinds: Mapping[str, str]) -> Filters:
    """The filters but for some kinds."""
    for kind in kinds:
        filters = filters.with_one(kind, None)
    return filters


def dropped_filters_text(dropped: Mapping[str, str]) -> str:
    """The sentence that kept filters are left out, since nothing has their names any more."""
    names = " and ".join(f'{kind} "{name}"' for kind, name in dropped.items())
    verb = "is" if len(dropped) == 1 else "are"
    return f"The filter by {names} {verb} left out: nothing here has that name any more."


def summary(view: ScreenView) -> str:
    """What a view shows, in few words: panel in front and filters."""
    from ccmon.views.all_panels import panels  # noqa: PLC0415 - a list alone needs the panels' names

    front = [f"{panel.number} {panel.name}" for panel in panels() if panel.number == view.opened]
    window = [view.window] if view.kept_window is not Window.TODAY else []
    return ", ".join([*front, *(f"{kind} {name}" for kind, name in view.filters.items()), *window])
