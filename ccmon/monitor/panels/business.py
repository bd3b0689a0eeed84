"""What the panels of the business share: their figures come some seconds after the first frame."""

from __future__ import annotations

from typing import TypeVar

from ccmon.monitor.panels.base import FloorPanel
from ccmon.monitor.view import View

Row = TypeVar("Row")


class BusinessPanel(FloorPanel[Row]):
    """A panel of figures that change by the hour and are read every half minute."""

    def why_empty(self, view: View) -> str:
        """Nothing to show is something else than not read yet."""
        return "These figures are being read." if view.floor.business_at is None else self.nothing
