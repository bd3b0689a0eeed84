"""Whatever is set is shown again, in each column, and totals stay right."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from ccmon.configuration import actions
from ccmon.configuration.actions import Conditions
from ccmon.configuration.database_values import DatabaseValues
from ccmon.configuration.names import Name
from ccmon.configuration.setting import RequestedChange
from ccmon.configuration.site_columns import SECTIONS, own_columns, setting_name
from ccmon.configuration.value_texts import write
from ccmon.database import totals
from tests.configuration.test_value_texts import values
from tests.databases import open_copy

ROWS: dict[str, list[Name]] = {
    "site": [()],
    "teams": [("Care",), ("Sales Team",)],
    "queues": [("Sales",), ("Sales NL",), ("quiet",)],
    "campaigns": [("Winter",)],
    "agents": [("anna",), ("1002",)],
    "pause_reasons": [("lunch",), ("coaching",)],
    "contact_reasons": [("Bill",)],
    "opening_hours": [("monday",), ("tuesday",)],
    "holidays": [("2026-12-24",), ("2026-12-25",)],
    "quotas": [("centre", "month"), ("team", "Care", "day"), ("agent", "anna", "week"), ("campaign", "Winter", "day")],
}
NAMES = {"client": ["Aurora", "Castellane"], "team": ["Care", "Sales Team"]}
FIXED = {("site", "time_zone"), ("site", "day_starts")}
"""Settings that need another test: they may be refused, or count everything anew."""


@st.composite
def changes(draw: st.DrawFn) -> RequestedChange:
    section = draw(st.sampled_from(list(ROWS)))
    columns = {name: column for name, column in own_columns(SECTIONS[section]).items() if (section, name) not in FIXED}
    name, column = draw(st.sampled_from(list(columns.items())))
    row = draw(st.sampled_from(ROWS[section]))
    if (section, name) != ("holidays", "name") and draw(st.integers(0, 4)) == 0:
        return RequestedChange((section, *row, name), None)
    if name == "ends_on":
        return RequestedChange(
            (section, *row, name), draw(st.dates().map(str).filter(lambda day: "2026-11-02" < day < "2036"))
        )
    if name == "starts_on":
        return RequestedChange((section, *row, name), "2026-11-02")
    value = draw(st.sampled_from(NAMES[column.refers_to]) if column.refers_to else values(column))
    return RequestedChange((section, *row, name), write(column, value, "EUR"))


@given(wanted=st.lists(changes(), min_size=1, max_size=4), from_day=st.sampled_from([None, "today", "2026-11-21"]))
def test_what_is_set_is_shown_and_counted(template: Path, wanted: list[RequestedChange], from_day: str | None) -> None:
    with open_copy(template) as (path, connection):
        for change in wanted:
            if change.name == ("site", "currency"):
                continue  # amounts of others are written otherwise from then on
            done = actions.change_database(path, [change], Conditions(from_day))
            assert done.errors == []
            again = actions.change_database(path, [change], Conditions(from_day))
            assert (again.differences, again.has_written) == ([], False)
            in_force = DatabaseValues(connection).settings(change.name[0])
            shown = {each.name: each for each in in_force if (each.holds_from or "") <= "2026-11-23"}
            column = own_columns(SECTIONS[change.name[0]])[change.name[-1]]
            default = None if column.default is None else write(column, column.default, "EUR")
            found = shown.get(setting_name(change.name[0], change.name[1:-1], column))
            assert (None if found is None else found.text) == (default if change.text is None else change.text)
        assert totals.check(connection) == []
