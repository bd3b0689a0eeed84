"""What ``ccmon config show`` prints: settings as lines and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from ccmon.configuration import value_texts
from ccmon.configuration.setting import Setting
from ccmon.configuration.site_columns import LIMITS_INSTEAD
from ccmon.formatting import fit, plain, width_of

_WIDEST = 48
"""A name or value that is longer pushes what follows it to the right."""
_NARROW = (16, 8)
"""Where lines are too long for the terminal, a value or an origin that is longer does so, too."""


def lines(settings: Sequence[Setting], width: int | None = None) -> Iterator[str]:
    """A line for each setting: name, value, where it comes from, what else it could be; of a single one its meaning.

    Args:
        settings: the settings.
        width: of the terminal, where what else it could be may need a line of its own; None: there is none.
    """
    rows = [tuple(map(plain, (each.written_name, _value(each), _origin(each), each.allowed))) for each in settings]
    widths = [max((width_of(cell) for cell in column), default=0) for column in zip(*rows, strict=True)]
    if width is not None and widths and sum(widths) + 2 * len(widths[1:]) > width:
        widths[1:3] = map(min, widths[1:3], _NARROW)
    for row in rows:
        padded = [fit(cell, max(width_of(cell), min(width, _WIDEST))) for cell, width in zip(row, widths, strict=True)]
        line = "  ".join(padded).rstrip()
        if width is None or width_of(line) <= width:
            yield line
        else:
            *columns, allowed = padded
            yield "  ".join(columns).rstrip()
            yield f"    {allowed.rstrip()}"
    if len(settings) == 1 and settings[0].meaning:
        yield f"    {plain(settings[0].meaning)}"


def _value(setting: Setting) -> str:
    return value_texts.shown(setting.name, setting.text)


def _origin(setting: Setting) -> str:
    parts = [setting.where or setting.origin]
    instead = LIMITS_INSTEAD.get((setting.name[0], setting.name[-1])) if setting.text is None else None
    if instead is not None:
        parts = [f"{setting.origin}: {instead}"]
    if setting.holds_from is not None:
        parts.append(f"from {setting.holds_from} on")
    if setting.today is not None:
        parts.append(f"from tomorrow on, today {value_texts.shown(setting.name, setting.today)}")
    if setting.of_site is not None:
        text = setting.of_site.text or LIMITS_INSTEAD[setting.name[0], setting.name[-1]]
        parts.append(f"the site's: {text} ({setting.of_site.origin})")
    return ", ".join(parts)


def as_json(settings: Iterable[Setting]) -> str:
    """One object with the list ``settings``; docs/administration.md says what its keys mean."""
    found = [
        {
            "name": each.written_name,
            "value": each.value,
            "text": each.text,
            "origin": each.origin,
            "where": each.where,
            "meaning": each.meaning,
            "allowed": each.allowed,
            "default": each.default,
            "from": each.holds_from,
            "today": each.today,
            "site": None if each.of_site is None else msgspec.to_builtins(each.of_site),
        }
        for each in settings
    ]
    return json.dumps({"settings": found}, indent=2, ensure_ascii=False)
