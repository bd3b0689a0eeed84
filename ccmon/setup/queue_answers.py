"""The answer about queues: one line for each, such as ``Support=service,80%,20s``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from msgspec.structs import replace

from ccmon.configuration import value_texts
from ccmon.configuration.site_columns import SECTIONS, own_columns
from ccmon.configuration.value_limits import refusal
from ccmon.errors import UsageError, sentence
from ccmon.formatting import fit, plural, width_of
from ccmon.model.queues import USUAL_THRESHOLD_MS, Purpose
from ccmon.number_texts import UNITS_MS, CellError
from ccmon.setup.existing import QueueSetup
from ccmon.setup.parsers import ADDS, NO_CONTEXT
from ccmon.setup.question import SetupContext
from ccmon.spelling import nearest

MOST_WIDTH = 46
"""Cells of a queue's name in the table, which leave room for the rest on 80."""
QUEUES_CONF = "queues.conf"
"""Of Asterisk: where a queue's time to answer in comes from."""
USUAL_TARGET = 0.8
NO_PURPOSE = "-"
"""Instead of the purpose of a queue for which nobody has said it yet."""
_LIKELY = (
    (Purpose.RETENTION, re.compile(r"retention|cancel|loyal|renew|win.?back", re.IGNORECASE)),
    (Purpose.SALES, re.compile(r"sale|sell|order|shop|acqui", re.IGNORECASE)),
)
_TARGET, _THRESHOLD = (
    own_columns(SECTIONS["queues"])[name] for name in ("service_level_target", "service_level_threshold")
)
_SHARE = re.compile(r".*%|0?\.\d+")
"""A number below 1 is a share without its unit."""
_TWO_NUMBERS = re.compile(r"(\d+),(\d+)\s*%")
_BEFORE_UNIT = re.compile(rf"(?<=\d)\s+(?=(?:%|(?:{'|'.join(UNITS_MS)})\b))")
_NEXT_QUEUE = re.compile(r"\s*[,;]\s*(?=[^,;=]+=)")
_BETWEEN = {"in", "within"}
"""Words between the share and the time."""
_TAKES_OFF = {"none", "remove", "-"}
EXAMPLES = "3 sales, or 2 90% 15s"


def likely_purpose(name: str) -> str:
    """What a queue of that name is probably for."""
    return next((purpose.value for purpose, pattern in _LIKELY if pattern.search(name)), Purpose.SERVICE.value)


def default_queues(context: SetupContext) -> str:
    """All queues that are known, as the database has them.

    Where it has none yet, they are for what their names suggest. Later nothing is proposed for one that came meanwhile.
    """
    known = {each.name: each for each in (context.in_force.queues if context.in_force else ())}
    names = [*known, *context.queues_of_switch]
    spelt = {name.casefold(): name for name in reversed(names)}  # the first spelling stands for all
    return "\n".join(
        written(_targets(name, known.get(name), context)) for name in dict.fromkeys(names) if name in spelt.values()
    )


def _targets(name: str, known: QueueSetup | None, context: SetupContext) -> QueueSetup:
    if known is None:
        is_first = context.in_force is None or not context.in_force.queues
        threshold_ms = context.findings.thresholds_ms.get(name, USUAL_THRESHOLD_MS)
        return QueueSetup(name, likely_purpose(name) if is_first else None, USUAL_TARGET, threshold_ms)
    return known


def written(queue: QueueSetup) -> str:
    """A queue as a line of the answer."""
    share, length = (text.replace(" ", "") for text in targets(queue))
    return f"{queue.name}={queue.purpose or NO_PURPOSE},{share},{length}"


def targets(queue: QueueSetup) -> tuple[str, str]:
    """The share of its callers, and the time in which they are to be answered: ``80 %``, ``20 s``."""
    length = value_texts.write(_THRESHOLD, queue.service_level_threshold_ms, None)
    return f"{queue.service_level_target * 100:.12g} %", length


def read(answer: str) -> list[QueueSetup]:
    """The queues of an answer."""
    return [_read_line(line) for line in answer.splitlines() if line]


def _read_line(line: str) -> QueueSetup:
    name, _, words = line.rpartition("=")
    purpose, target, threshold = words.split(",")
    return QueueSetup(
        name,
        None if purpose == NO_PURPOSE else purpose,
        value_texts.parse(_TARGET, target, NO_CONTEXT),
        value_texts.parse(_THRESHOLD, threshold, NO_CONTEXT),
    )


def change(typed: str, answer: str, context: SetupContext) -> str:
    """The answer after a line was typed: ``3 sales``, ``Support 90% 15s``, ``New queue=sales``.

    Raises:
        UsageError: it names no queue, or says nothing that a queue can have.
    """
    queues = {queue.name: queue for queue in read(answer)}
    known = [queue.name for queue in read(default_queues(context))]
    for line in (each for typed_line in typed.splitlines() for each in _entries(typed_line.strip())):
        name, words = _name_and_words(line, list(queues), known)
        if len(words) == 1 and words[0].lower() in _TAKES_OFF:
            _require_added(name, context)
            queues.pop(name, None)
            continue
        queues[name] = _changed(queues.get(name) or _targets(name, None, context), words)
    return "\n".join(written(queue) for queue in queues.values())


def _entries(line: str) -> list[str]:
    """One line, or several that were typed in one: ``Sales=sales,80%, Support=service``."""
    return _NEXT_QUEUE.split(line) if line.count("=") > 1 else [line]


def _require_added(name: str, context: SetupContext) -> None:
    """Raise unless a queue was added here.

    Raises:
        UsageError: the database or the switch has it.
    """
    if any(queue.name == name for queue in read(default_queues(context))):
        raise UsageError(f"{name} is a queue of the switch or of the database: only one that was added here goes.")


def _name_and_words(line: str, names: list[str], known: list[str]) -> tuple[str, list[str]]:
    if "=" in line:
        name, _, rest = line.rpartition("=")
        if not name.strip():
            raise UsageError(f"{line!r} names no queue; write NAME=sales,80%,20s.")
        return _as_known(name.strip(), names, known, rest.strip() or Purpose.SALES), _words(rest)
    first, _, rest = line.partition(" ")
    if first.isdecimal() and 0 < int(first) <= len(names) and first not in names:
        return names[int(first) - 1], _words(rest)
    for name in sorted(names, key=len, reverse=True):
        if line.casefold().startswith(f"{name.casefold()} "):
            return name, _words(line[len(name) :])
    raise UsageError(f"{first!r} is none of the queues above; to add one: NAME{ADDS if known else ''}=sales")


def _as_known(name: str, names: list[str], known: list[str], rest: str) -> str:
    """The name as it is spelt already; one with ``!`` is of a queue that is added. Where none is known, each is right.

    Raises:
        UsageError: it is not known.
    """
    spelt = {each.casefold(): each for each in [*known, *names]}
    plain = name.removesuffix(ADDS).rstrip()
    if known and plain == name and name.casefold() not in spelt:
        near = nearest(name, known) or _nearest_without_domain(name, known)
        meant = f"; did you mean {near!r}?" if near else "."
        raise UsageError(f"There is no queue {name!r}{meant} To add a new one: {name}{ADDS}={rest}")
    return spelt.get(name.casefold()) or spelt.get(plain.casefold(), plain)


def _nearest_without_domain(name: str, known: list[str]) -> str | None:
    """The queue such as ``sales@default`` whose name before the domain is written most alike."""
    whole = {each.partition("@")[0]: each for each in known}
    near = nearest(name, whole)
    return None if near is None else whole[near]


def _words(text: str) -> list[str]:
    if two := _TWO_NUMBERS.search(text):
        raise UsageError(f"{two[0]!r} may be one number or two: write {two[1]}.{two[2]}%, or {two[1]}s {two[2]}%.")
    words = re.split(r"[,\s]+", _BEFORE_UNIT.sub("", text.strip()))
    return [word for word in words if word and word.lower() not in _BETWEEN]


def _changed(queue: QueueSetup, words: list[str]) -> QueueSetup:
    if not words:
        raise UsageError(f"Say what is different about {queue.name}: {', '.join(Purpose)}, 90% or 15s.")
    if sum(word.isdecimal() for word in words) > 1:
        raise UsageError(f"Which of {' and '.join(words)} is the share? Write {queue.name}=85%,15s.")
    times = [word for word in words if word[0].isdecimal() and not _SHARE.fullmatch(word)]
    if len(times) > 1:
        raise UsageError(f"Which of {times[0]} and {times[1]} is it? Write {queue.name}=sales,85%,15s.")
    given: dict[str, tuple[str, Any]] = {}
    for word in words:
        field, value = _field(word)
        if field in given:
            raise UsageError(f"Which of {given[field][0]} and {word} is it? Write {queue.name}=sales,85%,15s.")
        given[field] = word, value
    return replace(queue, **{field: value for field, (_, value) in given.items()})


def _field(word: str) -> tuple[str, Any]:
    """What a word says of a queue, as a field of `QueueSetup` with its value."""
    if word.lower() in set(Purpose):
        return "purpose", word.lower()
    if word == NO_PURPOSE:  # of an answer that was kept
        return "purpose", None
    column = _TARGET if _SHARE.fullmatch(word) else _THRESHOLD
    try:
        return column.key, value_texts.parse(column, word, NO_CONTEXT)
    except CellError as error:
        if word[0].isdecimal():
            what = "share of callers" if column is _TARGET else "time to answer in"
            raise UsageError(sentence(f"The {what} {refusal(column, word, error, NO_CONTEXT)}")) from None
        raise UsageError(f"{word!r} means nothing for a queue; write {', '.join(Purpose)}, 90% or 15s.") from None


def in_words(queue: QueueSetup, before: QueueSetup | None) -> str:
    """What is to be of a queue; of one that is known, what differs."""

    def described(each: QueueSetup) -> tuple[str, str]:
        return each.purpose or "no purpose yet", " within ".join(targets(each))

    now = described(queue)
    if before is None:
        return f"{queue.name}: {', '.join(now)}"
    changes = [f"{was} → {is_now}" for was, is_now in zip(described(before), now, strict=True) if was != is_now]
    return f"{queue.name}: {', '.join(changes)}"


def _is_of_configuration(queue: QueueSetup, context: SetupContext) -> bool:
    """Whether the time to answer in is proposed as the switch's own configuration has it."""
    known = context.in_force.queues if context.in_force else ()
    is_new = all(queue.name != each.name for each in known)
    return is_new and context.findings.thresholds_ms.get(queue.name) == queue.service_level_threshold_ms


def changes(before: str, after: str) -> Iterator[str]:
    """What differs between two answers, queue by queue."""
    was, will_be = ({queue.name: queue for queue in read(answer)} for answer in (before, after))
    for name, queue in will_be.items():
        if queue != was.get(name):
            yield in_words(queue, was.get(name))
    yield from (f"{name}: left out" for name in was if name not in will_be)


def table(context: SetupContext, answer: str) -> list[str]:
    """The queues with their numbers, as the screen shows them."""
    queues = read(answer)
    if not queues:
        return ["No queue is known yet: they appear with their first caller.", "To add one: NAME=sales"]
    most = MOST_WIDTH - (2 + len(f"({QUEUES_CONF})") if context.findings.thresholds_ms else 0)
    width = min(most, max(5, *(width_of(queue.name) for queue in queues)))
    rows = [f"    {'queue':{width}}  {'for':9}  {'target':>6}  within"]
    for number, queue in enumerate(queues, start=1):
        target, within = targets(queue)
        row = f"{number:2}  {fit(queue.name, width)}  {queue.purpose or NO_PURPOSE:9}  {target:>6}  {within:>6}"
        rows.append(f"{row}  ({QUEUES_CONF})" if _is_of_configuration(queue, context) else row)
    missing = sum(queue.purpose is None for queue in queues)
    has = "has" if missing == 1 else "have"
    below = [f"{plural(missing, '{n} queue', '{n} queues')} {has} no purpose yet."] if missing else []
    if not default_queues(context):
        below.append("To add one: NAME=sales")
    return [*rows, "", *below] if below else rows
