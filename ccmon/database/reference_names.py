"""The rows that a row names: agents, teams, customers, calls and the like, by name, reference or call id."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection
from typing import NamedTuple

from msgspec import Struct

from ccmon.database.driver import Database
from ccmon.database.row_checks import RejectedRowError
from ccmon.database.table_specs import KINDS
from ccmon.spelling import nearest, spelt

CACHED_NAMES = 20_000
"""How many customers, and how many calls, are kept in memory."""


ADDABLE = {
    "clients": "client", "teams": "team", "queues": "queue", "campaigns": "campaign", "agents": "agent",
    "contact-reasons": "reason", "customers": "customer",
}  # fmt: skip
"""By kind of table, what a row names by a name alone, so that one with nothing but a name can be added."""
_KINDS = {what: kind for kind, what in ADDABLE.items()}


class ReferencedCall(NamedTuple):
    """The call that a row is about."""

    id: int
    customer_id: int | None
    campaign_id: int | None
    entered_at: int
    last_agent_id: int | None
    only_agent_id: int | None
    """None if two agents talked: a score is then not about a single agent (metrics.md 9.4)."""


class _ReferencedVisit(Struct, frozen=True, gc=False):
    """A visit of a call, as queries return it."""

    id: int
    visit: int
    agent_id: int | None
    customer_id: int | None
    campaign_id: int | None
    entered_at: int
    answered_at: int | None


class SeveralSourcesError(RejectedRowError):
    """A row does not say the call of which source it names; the text lacks the column that says it."""


class ReferenceNames:
    """Rows by name, read when first asked for."""

    def __init__(self, connection: sqlite3.Connection, adds: Collection[str] = ()) -> None:
        """Nothing is read yet; names of the kinds ``adds`` (of `ADDABLE`) are added if they are not known."""
        self.adds = frozenset(adds)
        self.unknown: dict[str, set[str]] = {}
        """By kind the names asked for that are not known, of each at most `CACHED_NAMES`."""
        self.added: dict[str, int] = {}
        """By kind how many have been added."""
        self._added_now: list[tuple[str, str]] = []
        """What and names that have been added since the last `keep_added` or `forget_added`."""
        self._connection = connection
        self._ids: dict[str, dict[str, int]] = {}
        self._customers: dict[str, int] = {}
        self._calls: dict[tuple[str, str | None, int | None], ReferencedCall] = {}
        self._database = Database(connection)
        self._sources: list[str] = self._database.values("sources_of_calls")

    def find(self, what: str, name: str) -> int:
        """Row number of a client, team, queue, campaign, agent, reason or customer; it may have to be added.

        Raises:
            RejectedRowError: there is no such name; the text suggests a similar one.
        """
        found = self._known(what, name)
        if found is None:
            self.require(what, name)
            found = self._add(what, name)
        return found

    def require(self, what: str, name: str) -> None:
        """Raise if there is no such name and none is to be added.

        Raises:
            RejectedRowError: as `find` does.
        """
        if self._known(what, name) is not None:
            return
        is_customer, kind = what == "customer", _KINDS[what]
        if kind in self.adds and (is_customer or self.spelt(what, name) == name):
            return
        names = self.unknown.setdefault(kind, set())
        if len(names) < CACHED_NAMES:
            names.add(name)
        ids = {} if is_customer else self._names(what)
        near = nearest(name, ids, ids.__getitem__)
        hint = f"; did you mean {near!r}?" if near else f"; import the {what} first"
        raise RejectedRowError(f"there is no {what} {name!r}{hint}")

    def _known(self, what: str, name: str) -> int | None:
        return self._customer(name) if what == "customer" else self._names(what).get(name)

    def _add(self, what: str, name: str) -> int:
        spec = KINDS[_KINDS[what]]
        row = {**spec.blank, spec.keys[0][0]: name}
        number = self._connection.execute(spec.insert, spec.values(row)).lastrowid or 0
        if len(self._customers) >= CACHED_NAMES:
            self._customers.clear()
        self._cache(what)[name] = number
        self._added_now.append((what, name))
        return number

    def _cache(self, what: str) -> dict[str, int]:
        return self._customers if what == "customer" else self._names(what)

    def keep_added(self) -> None:
        """Count what has been added for a row that is written."""
        for what, _ in self._added_now:
            self.added[_KINDS[what]] = self.added.get(_KINDS[what], 0) + 1
        self._added_now.clear()

    def forget_added(self) -> None:
        """What has been added for a row that is not written is not there any more."""
        for what, name in self._added_now:
            self._cache(what).pop(name, None)
        self._added_now.clear()

    def spelt(self, what: str, name: str) -> str:
        """A name as it is known, if it differs from the only such name in case and accents alone; else as it is."""
        ids = self._names(what)
        return spelt(name, ids, ids.__getitem__) or name

    def _names(self, what: str) -> dict[str, int]:
        ids = self._ids.get(what)
        if ids is None:
            ids = self._ids[what] = self._database.pairs(f"names_of_{what}s")
        return ids

    def _customer(self, reference: str) -> int | None:
        found = self._customers.get(reference)
        if found is None:
            found = self._database.value_or_none("customer_by_reference", (reference,))
            if found is None:
                return None
            if len(self._customers) >= CACHED_NAMES:
                self._customers.clear()
            self._customers[reference] = found
        return found

    def call(self, call_id: str, source: str | None, visit: int | None) -> ReferencedCall:
        """The visit of a call with a number, else the one that was answered last.

        Raises:
            RejectedRowError: there is no such call or visit.
            SeveralSourcesError: two sources have a call with this id.
        """
        key = call_id, source, visit
        found = self._calls.get(key)
        if found is None:
            if len(self._calls) >= CACHED_NAMES:
                self._calls.clear()
            found = self._calls[key] = self._find_call(*key)
        return found

    def forget_calls(self) -> None:
        """Look calls up again."""
        self._calls.clear()

    def _find_call(self, call_id: str, source: str | None, visit: int | None) -> ReferencedCall:
        each_source = self._sources if source is None else (source,)
        of_each = (
            self._database.rows("visits_of_referenced_call", _ReferencedVisit, (each, call_id)) for each in each_source
        )
        found = list(filter(None, of_each))
        if not found:
            where = f" of the source {source!r}" if source is not None else ""
            raise RejectedRowError(f"there is no call {call_id!r}{where}")
        if len(found) > 1:
            raise SeveralSourcesError(f"the call {call_id!r} is known from {len(found)} sources")
        (visits,) = found
        meant = visits[0] if visit is None else next((each for each in visits if each.visit == visit), None)
        if meant is None:
            raise RejectedRowError(f"the call {call_id!r} has no visit {visit}")
        talked = {each.agent_id for each in visits if each.answered_at is not None and each.agent_id is not None}
        return ReferencedCall(
            id=meant.id,
            customer_id=meant.customer_id,
            campaign_id=meant.campaign_id,
            entered_at=min(each.entered_at for each in visits),
            last_agent_id=meant.agent_id,
            only_agent_id=next(iter(talked)) if len(talked) == 1 else None,
        )
