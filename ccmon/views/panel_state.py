"""What a supervisor has set in a panel."""

from __future__ import annotations

from msgspec import Struct

from ccmon.views.screen_view import TabView


class PanelState(Struct):
    """What the supervisor has set in a panel: order, place, row."""

    sort_key: str | None = None
    descending: bool = True
    top: int = 0
    """The first row shown."""
    cursor: str | None = None
    """Identity of the chosen row; None: no row is chosen."""
    successor: tuple[str, str] | None = None
    """Which row is chosen next once a chosen one is gone, because it has been acted on."""
    always: tuple[str, ...] = ()
    """Keys of columns that come before others where there is no room for all."""
    hidden: tuple[str, ...] = ()
    """Keys of columns that are not shown."""

    @property
    def view(self) -> TabView:
        """What of it is kept."""
        return TabView(self.sort_key, self.descending, self.always, self.hidden)

    def take_view(self, view: TabView) -> None:
        """Take what was kept."""
        self.sort_key, self.descending, self.always, self.hidden = view.sort, view.descending, view.always, view.hidden
        self.top, self.cursor, self.successor = 0, None, None
