"""The rows that a row names: agents, teams, customers, calls and the like, by name, reference or call id."""

from __future__ import annotations

import sqlite3
from typing import NamedTuple

from msgspec import Struct

from ccmon.database.driver import Database
from ccmon.database.row_checks import RejectedRowError
from ccmon.spelling import nearest, spelt

CACHED_NAMES = 20_000
"""How many customers, and how many calls, are kept in memory."""


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

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._ids: dict[str, dict[str, int]] = {}
        self._customers: dict[str, int] = {}
        self._calls: dict[tuple[str, str | None, int | None], ReferencedCall] = {}
        self._database = Database(connection)
        self._sources: list[str] = self._database.values("sources_of_calls")

    def find(self, what: str, name: str) -> int:
        """Row number of a client, team, campaign, agent, reason or customer.

        Raises:
            RejectedRowError: there is no such name; the text suggests a similar one.
        """
        if what == "customer":
            return self._customer(name)
        ids = self._names(what)
        if name in ids:
            return ids[name]
        near = nearest(name, ids, ids.__getitem__)
        hint = f"; did you mean {near!r}?" if near else f"; import the {what} first"
        raise RejectedRowError(f"there is no {what} {name!r}{hint}")

    def spelt(self, what: str, name: str) -> str:
        """A name as it is known, if it differs from the only such name in case and accents alone; else as it is."""
        ids = self._names(what)
        return spelt(name, ids, ids.__getitem__) or name

    def _names(self, what: str) -> dict[str, int]:
        ids = self._ids.get(what)
        if ids is None:
            ids = self._ids[what] = self._database.pairs(f"names_of_{what}s")
        return ids

    def _customer(self, reference: str) -> int:
        found = self._customers.get(reference)
        if found is None:
            found = self._database.value_or_none("customer_by_reference", (reference,))
            if found is None:
                raise RejectedRowError(f"there is no customer {reference!r}; import the customer first")
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
