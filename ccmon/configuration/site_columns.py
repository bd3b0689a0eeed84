"""The settings of the site that lie in the database, by section: the columns of `KINDS`, and of the table ``site``."""

from __future__ import annotations

from collections.abc import Sequence

from ccmon.database.cell_types import CellType
from ccmon.database.table_specs import KINDS, ColumnSpec, TableSpec
from ccmon.metrics.opening_hours import WEEKDAYS
from ccmon.model.alarm_limits import USUAL_LIMITS
from ccmon.time_units import HOUR_MS, MINUTE_MS

SITE = TableSpec(
    "site",
    "the site itself",
    (("name",),),
    (
        ColumnSpec("name", CellType.TEXT, "name of the site", "name"),
        ColumnSpec("time_zone", CellType.TIME_ZONE, "time zone of its days; a change recounts all days", "time_zone"),
        ColumnSpec("day_starts", CellType.TIME_OF_DAY, "time at which a business day begins", "day_starts_ms",
                   default=0),
        ColumnSpec("currency", CellType.CURRENCY, "what all amounts are in", "currency"),
        ColumnSpec("follow_up_grace", CellType.LENGTH, "a follow-up is overdue this long after its due moment",
                   "follow_up_grace_ms", default=15 * MINUTE_MS),
        ColumnSpec("max_open", CellType.LENGTH, "the end of a call open for longer is unknown", "max_open_ms",
                   default=4 * HOUR_MS),
        ColumnSpec("margin", CellType.SHARE, "share of the revenue that is earned; none: all of it", "margin"),
        ColumnSpec("incrementality", CellType.SHARE, "share of the sales that would not have come by themselves",
                   "incrementality", default=1),
    ),
)  # fmt: skip
"""The one row of the table ``site``."""

_L, _N = CellType.LENGTH, CellType.COUNT


def _limit(name: str, cell: CellType, meaning: str, default: int | None) -> ColumnSpec:
    field = f"{name}_ms" if cell is _L else name
    return ColumnSpec(name, cell, meaning, field, default=default, above_zero=True)


ALARMS = TableSpec(
    "alarm-limits",
    "limits of alarms of the site",
    (),
    (
        _limit("longest_wait", _L, "a caller who waits longer; none: three service level thresholds of the queue",
               USUAL_LIMITS.longest_wait_ms),
        _limit("nobody_on_phones", _L, "a caller who waits longer while nobody is on the phones",
               USUAL_LIMITS.nobody_on_phones_ms),
        _limit("short_of_agents", _L, "callers wait past the threshold for longer without a break",
               USUAL_LIMITS.short_of_agents_ms),
        _limit("calm", _L, "an alarm about a queue stands this long after the last wait that was too long",
               USUAL_LIMITS.calm_ms),
        _limit("service_level_visits", _N, "so many calls must have counted before a service level is judged",
               USUAL_LIMITS.service_level_visits),
        _limit("pause", _L, "a longer pause, where neither its reason nor the team has a limit", USUAL_LIMITS.pause_ms),
        _limit("wrap_up", _L, "a longer wrap-up, where neither queue nor team has a limit", USUAL_LIMITS.wrap_up_ms),
        _limit("talk", _L, "a longer call, where neither queue nor team has a limit", USUAL_LIMITS.talk_ms),
        _limit("missed_calls", _N, "so many calls missed in a row, where the team has no limit",
               USUAL_LIMITS.missed_calls),
        _limit("follow_up_owners", _N, "owners whom the alarm about overdue follow-ups names",
               USUAL_LIMITS.follow_up_owners),
        _limit("low_scores", _N, "unhappy customers with a line of their own", USUAL_LIMITS.low_scores),
        _limit("owners_at_risk", _N, "without effect: promises at risk are no alarms any more",
               USUAL_LIMITS.owners_at_risk),
        _limit("data_age", _L, "older data, while a source is followed", USUAL_LIMITS.data_age_ms),
        _limit("import_age", _L, "older data, while no source is followed", USUAL_LIMITS.import_age_ms),
        _limit("quiet_source", _L, "a followed source without a heartbeat reports nothing for longer",
               USUAL_LIMITS.quiet_source_ms),
    ),
)  # fmt: skip
"""The one row of the table ``alarm_limits``, which is made with the first change."""

SINGLE_ROWS = (SITE, ALARMS)

SECTIONS = {
    "site": SITE,
    "alarms": ALARMS,
    **{
        name.replace("-", "_"): KINDS[name]
        for name in (
            "opening-hours", "holidays", "clients", "teams", "queues", "campaigns", "agents", "pause-reasons",
            "contact-reasons", "quotas",
        )
    },
}  # fmt: skip
"""The sections of the database's settings; each comes after those that its rows name."""

LIMITS_INSTEAD = {
    ("alarms", "longest_wait"): "three service level thresholds of each queue",
    ("pause_reasons", "limit"): "the team's, else alarms.pause",
    ("queues", "longest_wait_limit"): "alarms.longest_wait",
    ("queues", "talk_limit"): "the team's, else alarms.talk",
    ("queues", "wrap_up_limit"): "the team's, else alarms.wrap_up",
    ("teams", "missed_calls_limit"): "alarms.missed_calls",
    ("teams", "pause_limit"): "alarms.pause",
    ("teams", "talk_limit"): "alarms.talk",
    ("teams", "wrap_up_limit"): "alarms.wrap_up",
}
"""What holds where a limit of alarms is not set (`AlarmLimits`), by section and column."""

DAYS_TOGETHER = {"weekdays": WEEKDAYS[:5], "weekend": WEEKDAYS[5:]}
"""Names for several weekdays, whose hours are set at once."""

TARGETS = ("service_level_threshold", "service_level_target", "short_abandon")
"""Columns of queues that a business day keeps as they were at its first call (table ``queue_days``)."""


def main_column(spec: TableSpec) -> ColumnSpec | None:
    """The column that a row's name alone stands for, without which there is no such row: the hours of a weekday."""
    required = [column for column in own_columns(spec).values() if column.required]
    return required[0] if len(required) == 1 else None


def setting_name(section: str, row: Sequence[str], column: ColumnSpec) -> tuple[str, ...]:
    """The name of a setting of a row; of the only one that a row has, the name of the row."""
    spec = SECTIONS[section]
    is_only_one = len(own_columns(spec)) == 1 and main_column(spec) is column
    return (section, *row) if is_only_one else (section, *row, column.name)


def column_named(name: Sequence[str]) -> ColumnSpec | None:
    """The column that the last part of a setting's name names; None: it names none, or the setting lies in a file."""
    section, *parts = name
    return own_columns(SECTIONS[section]).get(parts[-1]) if section in SECTIONS and parts else None


def own_columns(spec: TableSpec) -> dict[str, ColumnSpec]:
    """The columns by name that are settings: without those by which a row is known."""
    keys = () if spec in SINGLE_ROWS else spec.keys[0]
    return {column.name: column for column in spec.columns if column.name not in keys}
