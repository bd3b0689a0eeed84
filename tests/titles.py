"""The heads of columns as a text shows them."""

from __future__ import annotations

from ccmon.views.all_panels import panels


def full_titles() -> dict[str, str]:
    """The title of each column that has a short head for where there is little room, by that head."""
    columns = [each for panel in panels() for tab in panel.tabs for each in (*tab.columns, *tab.printed_columns)]
    return {column.short: column.title for column in columns if column.short}
