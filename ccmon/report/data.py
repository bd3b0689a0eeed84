"""Writes a report as data: one JSON object, or one long table as CSV. docs/reports.md names every key."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from ccmon.formatting import plain
from ccmon.model.queues import Quarter
from ccmon.report.content import Report
from ccmon.report.csv_cells import written_text
from ccmon.report.curve import CurvePoint
from ccmon.report.figures import LENGTHS, SHARES, Unit, Value
from ccmon.report.tables import Table

CSV_HEAD = ("section", "name", "figure", "value", "comparison", "unit")
UNIT_NAMES = {
    **dict.fromkeys(SHARES, "ratio"),
    **dict.fromkeys(LENGTHS, "s"),
    Unit.MONEY: "cents",
}


def as_json(report: Report) -> str:
    """The report as one JSON object, all ASCII, so that no name can control a terminal."""
    return json.dumps(_object(report), indent=2, ensure_ascii=True) + "\n"


def as_csv(report: Report) -> str:
    """The report as one table with a line for each value, those it is compared with on lines of their own."""
    output = io.StringIO()
    writer = csv.writer(output, lineterminator="\n")
    writer.writerow(CSV_HEAD)
    for section, name, figure, value, comparison, unit in _values(report):
        cell = written_text(value) if isinstance(value, str) else value
        writer.writerow([section, written_text(name), figure, cell, comparison, unit])
    return output.getvalue()


def key_of(key: str, unit: Unit) -> str:
    """The key of a figure as data: lengths in seconds end in ``_s``."""
    return f"{key.removesuffix('_ms')}_s" if unit in LENGTHS else key


def number(value: Value, unit: Unit) -> Value:
    """A value as data: seconds, shares from 0 to 1, cents."""
    if value is None or isinstance(value, str):
        return value
    if unit in LENGTHS:
        return _plain_number(round(value / 1000, 3))
    if unit in SHARES:
        return _plain_number(round(value, 6))
    if unit is Unit.MONEY:
        return round(value)  # a mean, too, as in the JSON of the status
    return _plain_number(round(value, 3))


def _plain_number(value: float) -> float:
    return int(value) if value == int(value) else value


def _iso(at: int, zone: ZoneInfo) -> str:
    return datetime.fromtimestamp(at // 1000, zone).isoformat()


def _object(report: Report) -> dict[str, object]:
    about, stretch, zone = report.about, report.stretch, report.narrowed.zone
    return {
        "site": about.site,
        "period": stretch.kind.value,
        "starts_at": _iso(stretch.starts_at, zone),
        "at": _iso(stretch.at, zone),
        "first_day": stretch.first_date.isoformat(),
        "last_day": stretch.last_date.isoformat(),
        "is_over": stretch.is_over,
        "filters": dict(about.filters),
        "made_at": _iso(about.made_at, zone),
        "time_zone": zone.key,
        "currency": report.currency,
        "completeness": about.completeness,
        "is_complete": about.is_complete,
        "compared_with": {
            field: {"first_day": part.stretch.first_date.isoformat(), "at": _iso(part.stretch.at, zone)}
            for field, part in report.narrowed.earlier.items()
        },
        "insights": [
            {"rule": each.rule, "tone": each.tone.value, "sentence": each.sentence} for each in report.insights
        ],
        "goals": {
            goal.key: [
                {
                    "figure": key_of(figure.key, figure.unit),
                    "label": figure.label,
                    "unit": UNIT_NAMES.get(figure.unit, figure.unit.value),
                    "value": number(figure.value, figure.unit),
                    "target": number(figure.target, figure.unit),
                    "target_reached": {"reached": True, "missed": False}.get(figure.mark.value),
                    "before": number(figure.before, figure.unit),
                    "week_before": number(figure.week_before, figure.unit),
                }
                for figure in goal.figures
            ]
            for goal in report.goals
        },
        "curve": [_point(point, zone) for point in report.curve.points],
        **{table.key: _rows(table) for table in report.tables},
        "absent": dict(report.narrowed.floor.absent),
        "remarks": list(report.remarks),
    }


def _counts(calls: Quarter) -> dict[str, Value]:
    level = calls.service_level
    return {
        "offered": calls.offered,
        "answered": calls.answered,
        "lost": calls.lost,
        "service_level": number(level, Unit.SHARE),
    }


def _point(point: CurvePoint, zone: ZoneInfo) -> dict[str, Value]:
    return {"starts_at": _iso(point.calls.starts_at, zone), **_counts(point.calls)}


def _rows(table: Table) -> list[dict[str, Value]]:
    return [
        {
            key_of(column.key, column.unit): number(cell.value, column.unit)
            for column, cell in zip(table.columns, row.cells, strict=True)
        }
        | ({"is_total": True} if row.is_total else {})
        | ({"is_rest": True} if row.is_rest else {})
        for row in table.rows
    ]


def _values(report: Report) -> Iterator[tuple[str, str, str, Value, str, str]]:
    """Section, name, figure, value, what it is compared with, unit; the value itself has an empty comparison."""
    about, zone = report.about, report.narrowed.zone
    for figure, said in (
        ("site", about.site),
        ("period", report.stretch.kind.value),
        ("starts_at", _iso(report.stretch.starts_at, zone)),
        ("at", _iso(report.stretch.at, zone)),
        *(about.filters),
        ("made_at", _iso(about.made_at, zone)),
        ("completeness", about.completeness),
    ):
        yield "about", "", figure, said, "", "text"
    for insight in report.insights:
        yield "insights", insight.rule, insight.tone.value, insight.sentence, "", "text"
    for goal in report.goals:
        for each in goal.figures:
            key, unit = key_of(each.key, each.unit), UNIT_NAMES.get(each.unit, each.unit.value)
            yield goal.key, each.label, key, number(each.value, each.unit), "", unit
            if each.target is not None:
                yield goal.key, each.label, key, number(each.target, each.unit), "target", unit
            for earlier in about.earlier:
                yield goal.key, each.label, key, number(earlier.value(each), each.unit), earlier.field, unit
    for point in report.curve.points:
        name = _iso(point.calls.starts_at, zone)
        for key, value in _counts(point.calls).items():
            yield "curve", name, key, value, "", "ratio" if key == "service_level" else "count"
    for table in report.tables:
        for row in table.rows:
            for column, cell in zip(table.columns[1:], row.cells[1:], strict=True):
                unit = UNIT_NAMES.get(column.unit, column.unit.value)
                value = plain(cell.value) if isinstance(cell.value, str) else number(cell.value, column.unit)
                yield table.key, plain(row.name), key_of(column.key, column.unit), value, "", unit
    for remark in report.remarks:
        yield "remarks", "", "remark", remark, "", "text"
