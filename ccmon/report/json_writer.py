"""Writes a snapshot as JSON, key by key of each kind of record.

All records of a kind are written together: what type the values of a key have, and in which unit it is written, is
asked once for all of them.
"""

from __future__ import annotations

from _json import encode_basestring_ascii as quoted  # json itself takes as long as ten of our modules
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from itertools import chain, islice
from operator import attrgetter, itemgetter, methodcaller
from types import NoneType
from typing import Any
from zoneinfo import ZoneInfo

from msgspec import Struct

from ccmon.metrics.follow_ups import LateReason
from ccmon.model.snapshot import FloorSnapshot
from ccmon.report.json import ObjectKey, is_moment, keys
from ccmon.views.alarms import why_at_risk

JsonValues = Sequence[object]
"""Values as JSON: texts, and numbers that ``%s`` writes as JSON does."""
Write = Callable[[Sequence[Any]], JsonValues]
"""Writes the values of one key, which are all of one type."""

QUARTER_S = 900
ALWAYS = ("at", "data_at", "data_age_s")
"""Keys that a part of the object has, too: without them nobody could tell how old its figures are."""


def as_text(snapshot: FloorSnapshot, only: Collection[str] | None = None) -> str:
    """The whole snapshot as JSON text, with one queue, agent or sales row per line.

    All ASCII, so that no name can control a terminal. Objects for ``json.dumps`` would take three times as long.

    Args:
        snapshot: what is written.
        only: keys of the object that are written, beside those of `ALWAYS`; None: all.
    """
    parts = _JsonWriter(snapshot).parts(only, "[\n    ", ",\n    ", "\n  ]")
    return "{\n" + ",\n".join(f"  {quoted(key)}: {value}" for key, value in parts) + "\n}"


def as_line(snapshot: FloorSnapshot, only: Collection[str] | None = None) -> str:
    """The same in one line."""
    parts = _JsonWriter(snapshot).parts(only)
    return "{" + ", ".join(f"{quoted(key)}: {value}" for key, value in parts) + "}"


def part_text(snapshot: FloorSnapshot, name: str, keys_of: Callable[[type[Struct]], Sequence[ObjectKey]]) -> str:
    """The value of one key as JSON text, in which objects have other keys than usual.

    Args:
        snapshot: what is written.
        name: the key.
        keys_of: the keys of a kind of record.
    """
    [key] = [key for key in keys(FloorSnapshot) if key.name == name]
    return _JsonWriter(snapshot, keys_of).part(key)


def number(snapshot: FloorSnapshot, record: Struct, name: str) -> float | None:
    """The number that one key of a record's object has; None: null."""
    [key] = [key for key in keys(type(record)) if key.name == name]
    [text] = _JsonWriter(snapshot).values_of(key, record)
    return None if text == "null" else float(str(text))


class _KeyGroup(Struct, frozen=True):
    """Keys of an object that are read together."""

    part: Callable[[Any], Any] | None
    """Returns the part of the record from which they are read, once: a forecast takes a while. None: the record."""
    read: Callable[[Any], Sequence[Any]]
    """Returns the values of a part."""
    units: Sequence[Write | None]
    """By value: the function that writes it in the unit that its key names; None: by its type."""


class _ObjectFormat(Struct, frozen=True):
    """How the objects of one kind of record are written."""

    template: str
    """The text, with ``%s`` for each value."""
    in_order: Callable[[Sequence[JsonValues]], Sequence[JsonValues]]
    """Puts the values of all keys in the order of the keys."""
    groups: Sequence[_KeyGroup]


class _JsonWriter:
    """Writes the records of one snapshot."""

    def __init__(self, snapshot: FloorSnapshot, keys_of: Callable[[type[Struct]], Sequence[ObjectKey]] = keys) -> None:
        self._snapshot = snapshot
        self._keys = keys_of
        self._at = snapshot.known_until
        self._zone = ZoneInfo(snapshot.time_zone)
        self._object_formats: dict[type[Struct], _ObjectFormat] = {}
        self._quarters: dict[int, tuple[str, int]] = {}
        """By quarter of an hour, its moments without minutes and seconds, and its first minute."""

    def parts(
        self, only: Collection[str] | None, begin: str = "[", between: str = ", ", end: str = "]"
    ) -> Iterator[tuple[str, str]]:
        """Each key of the object with its value as text; a list in this form."""
        written: dict[str, str] = {}
        for key in keys(FloorSnapshot):
            if only is None or key.name in only or key.name in ALWAYS:
                present = key.renamed_to or key.name
                if present not in written:
                    written[present] = self.part(key, begin, between, end)
                yield key.name, written[present]

    def part(self, key: ObjectKey, begin: str = "[", between: str = ", ", end: str = "]") -> str:
        """The value of one key of the object as text; a list in this form."""
        value = self._key_getter(FloorSnapshot, key)(self._snapshot)
        if isinstance(value, Sequence) and not isinstance(value, str):
            return _list(self._json_values(value), begin, between, end)
        [written] = self._json_values([value], self._unit(key.name))
        return str(written)

    def values_of(self, key: ObjectKey, record: Struct) -> JsonValues:
        """The value of one key of a record's object, as JSON."""
        return self._json_values([self._key_getter(type(record), key)(record)], self._unit(key.name))

    def _json_values(self, values: Sequence[Any], unit: Write | None = None) -> JsonValues:
        """Values as JSON, in a unit or by their types."""
        kinds = set(map(type, values))
        if len(kinds) == 1:
            return self._json_values_of_type(kinds.pop(), values, unit)
        if len(kinds) == 2 and NoneType in kinds:
            [kind] = kinds - {NoneType}
            known = self._json_values_of_type(kind, [value for value in values if value is not None], unit)
            following = iter(known).__next__
            return ["null" if value is None else following() for value in values]
        found: list[Any] = ["null"] * len(values)
        for kind in kinds - {NoneType}:
            places = [place for place, value in enumerate(values) if type(value) is kind]
            of_kind = self._json_values_of_type(kind, [values[place] for place in places], unit)
            for place, value in zip(places, of_kind, strict=True):
                found[place] = value
        return found

    def _json_values_of_type(self, kind: type[Any], values: Sequence[Any], unit: Write | None) -> JsonValues:
        """Values of one type as JSON."""
        return self._write(kind)(values) if unit is None or kind is NoneType else unit(values)

    def _write(self, kind: type[Any]) -> Write:
        """The function that writes values of a type."""
        plain = _PLAIN.get(kind)
        if plain is not None:
            return plain
        if issubclass(kind, LateReason):
            return _late_reasons
        if issubclass(kind, Struct):
            return partial(self._objects, kind)
        if issubclass(kind, str):
            return _quoted
        return _objects_of_strings if issubclass(kind, Mapping) else self._lists

    def _lists(self, lists: Sequence[Sequence[Any]]) -> JsonValues:
        whole = iter(self._json_values(list(chain.from_iterable(lists))))
        return [_list(list(islice(whole, len(each)))) for each in lists]

    def _objects(self, kind: type[Struct], records: Sequence[Struct]) -> JsonValues:
        """Records of one kind as objects: each key with its value, in the key's unit."""
        form = self._object_formats.get(kind) or self._object_formats.setdefault(kind, self._object_format(kind))
        columns: list[JsonValues] = []
        for group in form.groups:
            parts = records if group.part is None else [group.part(record) for record in records]
            nothing = (None,) * len(group.units)
            rows = [nothing if part is None else group.read(part) for part in parts]
            columns += map(self._json_values, zip(*rows, strict=True), group.units)
        template = form.template
        return [template % row for row in zip(*form.in_order(columns), strict=True)]

    def _object_format(self, record: type[Struct]) -> _ObjectFormat:
        """How records of a kind are written."""
        read_together: dict[str, list[tuple[str, ObjectKey]]] = {}
        all_keys = self._keys(record)
        for key in all_keys:
            if key.renamed_to is not None:  # written from the values of its present name
                continue
            name, _, further = key.path.partition(".")
            is_plain = key.computed_by is None and not further and not callable(getattr(record, name))
            alone = f"{key.name} alone"
            read_together.setdefault("" if is_plain else name if further else alone, []).append((further, key))
        groups: list[_KeyGroup] = []
        places: dict[str, int] = {}
        for name, members in read_together.items():
            places |= {key.name: place for place, (_, key) in enumerate(members, len(places))}
            units = [self._unit(key.name) for _, key in members]
            if not name:
                groups.append(_KeyGroup(None, _attributes_getter([key.path for _, key in members]), units))
            elif members[0][0]:
                read = _attributes_getter([path for path, _ in members])
                groups.append(_KeyGroup(self._attribute_getter(record, name), read, units))
            else:
                groups.append(_KeyGroup(self._key_getter(record, members[0][1]), _alone, units))
        names = [key.name for key in all_keys]
        places |= {key.name: places[key.renamed_to] for key in all_keys if key.renamed_to is not None}
        template = ", ".join(f"{quoted(name)}: %s" for name in names)
        in_order = itemgetter(*map(places.__getitem__, names)) if len(names) > 1 else tuple  # one is in order
        return _ObjectFormat(f"{{{template}}}", in_order, groups)

    def _key_getter(self, record: type[Struct], key: ObjectKey) -> Callable[[Any], Any]:
        """The function that reads the value of a single key."""
        if key.computed_by is not None:
            return partial(key.computed_by, self._snapshot)
        return self._attribute_getter(record, key.path)

    def _attribute_getter(self, record: type[Struct], name: str) -> Callable[[Any], Any]:
        """The function that reads an attribute; a method is called with the moment up to which times run."""
        return methodcaller(name, self._at) if callable(getattr(record, name)) else attrgetter(name)

    def _unit(self, key: str) -> Write | None:
        """The function that writes values in the unit that their key names; None where it names none."""
        if key.endswith("_s"):
            return _seconds
        if key.endswith("_cents"):
            return _cents
        return self._moments if is_moment(key) else None

    def _moments(self, moments: Sequence[int]) -> JsonValues:
        quarters, found = self._quarters, []
        for at in moments:
            quarter, seconds = divmod(at // 1000, QUARTER_S)
            template, first_minute = quarters.get(quarter) or self._note_quarter(quarter)
            found.append(template % (first_minute + seconds // 60, seconds % 60) if template else self._moment(at))
        return found

    def _note_quarter(self, quarter: int) -> tuple[str, int]:
        text = self._moment(quarter * QUARTER_S * 1000)
        minute, second = int(text[15:17]), int(text[18:20])
        is_local = second == 0 and minute % 15 == 0  # else the time of day differs from UTC by parts of a quarter
        template = f"{text[:15]}%02d:%02d{text[20:]}" if is_local else ""
        self._quarters[quarter] = template, minute
        return template, minute

    def _moment(self, at: int) -> str:
        return f'"{datetime.fromtimestamp(at // 1000, self._zone).isoformat()}"'


def _attributes_getter(paths: Sequence[str]) -> Callable[[Any], Sequence[Any]]:
    """A function that reads several attributes."""
    read = attrgetter(*paths)
    return read if len(paths) > 1 else lambda record: (read(record),)


def _alone(value: object) -> tuple[object]:
    return (value,)


def _list(values: JsonValues, begin: str = "[", between: str = ", ", end: str = "]") -> str:
    """Values as the text of a list."""
    return f"{begin}{between.join(map(str, values))}{end}" if values else "[]"


def _quoted(texts: Sequence[str]) -> JsonValues:
    return list(map(quoted, texts))


def _late_reasons(reasons: Sequence[LateReason]) -> JsonValues:
    return [quoted(why_at_risk(reason)) for reason in reasons]


def _objects_of_strings(objects: Sequence[Mapping[str, str]]) -> JsonValues:
    return [f"{{{', '.join([f'{quoted(key)}: {quoted(text)}' for key, text in each.items()])}}}" for each in objects]


def _seconds(lengths_ms: Sequence[float]) -> JsonValues:
    """Lengths of time in seconds, to the millisecond."""
    # The shortest text of a whole number of milliseconds has at most three decimals.
    return [ms / 1000 if type(ms) is int else round(ms / 1000, 3) for ms in lengths_ms]


def _cents(amounts: Sequence[float]) -> JsonValues:
    return list(map(round, amounts))


_PLAIN: Mapping[type[Any], Write] = {
    NoneType: lambda values: ["null"] * len(values),
    bool: lambda values: ["true" if value else "false" for value in values],
    int: lambda values: values,
    float: lambda values: values,
    str: _quoted,
}
