"""The JSON Schema of ``ccmon status --json``, made from the list of its keys and the records behind them.

Types, ranges and descriptions come from the records: their annotations, and the docstring under each field. Write it
with ``python -m ccmon.report.schema > docs/status.schema.json``; a test compares the file.
"""

from __future__ import annotations

import ast
import inspect
import re
import sys
from collections.abc import Callable, Sequence
from functools import cache
from itertools import pairwise
from json import dumps
from types import GenericAlias, NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

import msgspec

from ccmon.metrics.follow_ups import LateReason
from ccmon.model.snapshot import FloorSnapshot
from ccmon.number_types import Count, Quantity
from ccmon.report.json import OBJECTS, ObjectKey, is_moment, keys

VERSION = "1.1"
"""The second number goes up when a key is added, the first when one is removed or changes its meaning."""
NEXT_VERSION = f"{int(VERSION.partition('.')[0]) + 1}.0"
Moment = Annotated[str, msgspec.Meta(extra_json_schema={"format": "date-time"})]
JSON_WORDS = {"None": "null", "True": "true", "False": "false"}
LONG = {"properties", "$defs"}
"""Keys whose parts are written on a line each."""
HEAD = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "$id": f"urn:ccmon:status:{VERSION}",
    "version": VERSION,
    "title": "ccmon status --json",
    "description": (
        "The floor at one moment. Lengths of time are seconds, ratios run from 0 to 1, times are ISO 8601 with the "
        "site's offset, money is in minor units, unknown is null. docs/metrics.md explains each figure."
    ),
}


def schema() -> dict[str, Any]:
    """The whole schema."""
    _, parts = msgspec.json.schema_components([_object(FloorSnapshot)], ref_template="#/$defs/{name}")
    whole = parts.pop(FloorSnapshot.__name__)
    return {**HEAD, **whole, **HEAD, "$defs": parts}


@cache
def _object(record: type[msgspec.Struct]) -> type[msgspec.Struct]:
    """A record with the keys and types of its object."""
    return msgspec.defstruct(
        record.__name__,
        [(key.name, _type_of(record, key)) for key in keys(record)],
        namespace={"__doc__": _plain(record.__doc__ or "")},
        forbid_unknown_fields=True,
    )


def _type_of(record: type[msgspec.Struct], key: ObjectKey) -> Any:
    """The type of a key's value in the object, with its description."""
    found, optional, descriptions = _resolved(record, key)
    written = _written(key.name, found)
    description = _plain(" ".join(reversed(descriptions)))
    meta = msgspec.Meta(description=description)
    if key.renamed_to is not None:
        text = f"Former name of `{key.renamed_to}`; version {NEXT_VERSION} of this schema is without it."
        meta = msgspec.Meta(description=text, extra_json_schema={"deprecated": True})
    return Annotated[written | None if optional else written, meta]


def _resolved(record: type[Any], key: ObjectKey) -> tuple[Any, bool, list[str]]:
    """The type of a key's value in the record, whether it may be None, and its docstrings."""
    if key.computed_by is not None:
        found, optional = _known(get_type_hints(key.computed_by, include_extras=True)["return"])
        return found, optional, [key.computed_by.__doc__ or ""]
    found, any_optional, descriptions = record, False, []
    for name in key.path.split("."):
        descriptions.append(_description(found, name))
        found, optional = _known(_hint(found, name))
        any_optional = any_optional or optional
    return found, any_optional, descriptions


def _written(key: str, found: Any) -> Any:
    """The type that `ccmon.report.json_writer` writes for a value of this type under this key."""
    if key.endswith("_s"):
        return Quantity
    if key.endswith("_cents"):
        return Count if _is_never_negative(found) else int
    if is_moment(key):
        return Moment
    if get_origin(found) in {tuple, Sequence}:
        return GenericAlias(list, _written("", get_args(found)[0]))
    return _object(found) if found in OBJECTS else str if found is LateReason else found


def _is_never_negative(found: Any) -> bool:
    """Whether a type says that its numbers are never negative."""
    return any(getattr(each, "ge", None) == 0 for each in getattr(found, "__metadata__", ()))


def _known(hint: Any) -> tuple[Any, bool]:
    """A type without None, and whether it included None."""
    if get_origin(hint) not in {Union, UnionType}:
        return hint, False
    [found] = [each for each in get_args(hint) if each is not NoneType]
    return found, True


def _hint(record: Any, name: str) -> Any:
    function = _function(record, name)
    if function is not None:
        return get_type_hints(function, include_extras=True)["return"]
    return get_type_hints(record, include_extras=True)[name]


def _description(record: Any, name: str) -> str:
    function = _function(record, name)
    return (function.__doc__ if function is not None else _field_docstrings(record).get(name)) or ""


def _function(record: Any, name: str) -> Callable[..., Any] | None:
    """The function behind a property or a method; None for a field."""
    attribute = inspect.getattr_static(record, name, None)
    if isinstance(attribute, property):
        return attribute.fget
    return attribute if inspect.isfunction(attribute) else None


@cache
def _field_docstrings(record: Any) -> dict[str, str]:
    """The docstring under each field of a record, including those of its base classes."""
    if not record.__module__.startswith("ccmon."):
        return {}
    found = dict(_field_docstrings(record.__base__))
    match ast.parse(inspect.getsource(record)).body:
        case [ast.ClassDef(body=body)]:
            for field, after in pairwise(body):
                match field, after:
                    case ast.AnnAssign(target=ast.Name(name)), ast.Expr(ast.Constant(str(text))):
                        found[name] = text
    return found


def _plain(docstring: str) -> str:
    """A docstring as one line, in JSON's words."""
    text = " ".join(docstring.replace("``", "`").split())
    return re.sub(r"\b(None|True|False)\b", lambda found: JSON_WORDS[found[0]], text)


def as_text(part: dict[str, Any], indent: str = "") -> str:
    """A schema as JSON text, one key per line."""
    inner = indent + "  "
    lines = [
        f"{inner}{dumps(key)}: {as_text(value, inner) if key in LONG or LONG & value.keys() else dumps(value)}"
        if isinstance(value, dict)
        else f"{inner}{dumps(key)}: {dumps(value)}"
        for key, value in part.items()
    ]
    return "{\n" + ",\n".join(lines) + f"\n{indent}}}"


if __name__ == "__main__":
    sys.stdout.write(as_text(schema()) + "\n")
