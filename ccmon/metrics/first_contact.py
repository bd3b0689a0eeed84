"""First-contact resolution and repeated contacts, from who called again and when (metrics.md 9.5).

A contact is one phone call, not one visit to a queue: a transferred call is still one contact. Moments are
milliseconds.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from enum import StrEnum

from msgspec import Struct

from ccmon.metrics.counts import Counts
from ccmon.number_types import Count, Ratio
from ccmon.time_units import WEEK_MS

WITHHELD = frozenset(
    {"anonymous", "blocked", "private", "restricted", "unavailable", "unknown", "<unknown>", "withheld"}
)
"""What switches report, in lower case, when the caller withholds the number."""


class Contact(Struct, frozen=True, array_like=True):
    """A phone call by a customer."""

    customer: int | str | None
    """Customer id, else the normalised number. None (withheld) is never matched."""
    started_at: int
    ended_at: int | None
    answered: bool
    reason: int | str | None = None
    """The coded reason; None: not coded, which matches any reason."""


def who_called(customer: int | None, number: str | None) -> int | str | None:
    """The key by which calls are matched: the customer, else the number; None where neither is known."""
    if customer is not None:
        return customer
    return None if number is None or number.casefold() in WITHHELD else number


class Resolution(StrEnum):
    """The result of a contact."""

    RESOLVED = "resolved"
    REPEATED = "repeated"
    PENDING = "pending"
    """Too recent: its window has not passed, so it counts neither way."""
    NOT_ELIGIBLE = "not eligible"


class FirstContact(Counts, frozen=True):
    """How many contacts were resolved at once. ``pending`` ones are in neither part of the rate."""

    resolved: Count
    """Contacts that needed no other."""
    repeated: Count
    """Contacts that needed another."""
    pending: Count
    """Contacts whose window has not passed."""

    @property
    def eligible(self) -> Count:
        """Contacts whose window has passed: the denominator of the rate."""
        return self.resolved + self.repeated

    @property
    def rate(self) -> Ratio | None:
        """Share of the contacts whose window has passed that needed no other. None for an empty set."""
        return self.resolved / self.eligible if self.eligible else None


def resolutions_within(contacts: Sequence[Contact], at: int, windows_ms: Sequence[int]) -> list[list[Resolution]]:
    """For each window, the result of each contact by the moment ``at``, in the order given.

    A contact fails when the same customer calls again within the window from its end, for the same reason where both
    are coded; a later call that was abandoned counts too. A contact younger than the window is pending even when it has
    failed already: failures are known early and successes late, so counting only the former would distort the figure.
    """
    found = [[Resolution.NOT_ELIGIBLE] * len(contacts) for _ in windows_ms]
    for calls in _by_customer(contacts, at):
        for place, (index, contact) in enumerate(calls, 1):
            ended_at = contact.ended_at
            if not contact.answered or ended_at is None or ended_at > at:
                continue
            later = calls[place:] if place < len(calls) else ()
            for window_ms, resolved in zip(windows_ms, found, strict=True):
                if ended_at + window_ms > at:
                    resolved[index] = Resolution.PENDING
                elif later and any(_follows(call, contact, window_ms) for _, call in later):
                    resolved[index] = Resolution.REPEATED
                else:
                    resolved[index] = Resolution.RESOLVED
    return found


class RepeatContacts(Counts, frozen=True):
    """Contacts that follow an answered one. Known at once, so it can be shown live; it is not ``1 - FCR``."""

    repeats: Count
    """Contacts that follow an answered one within the window."""
    contacts: Count
    """All contacts."""

    @property
    def rate(self) -> Ratio | None:
        """Contacts that follow another within the window, over all contacts. None for an empty set."""
        return self.repeats / self.contacts if self.contacts else None


def repeated(contacts: Sequence[Contact], since: int, at: int, window_ms: int = WEEK_MS) -> list[bool | None]:
    """Whether each contact, in the order given, follows an answered one; None for one outside ``[since, at)``."""
    found: list[bool | None] = [None] * len(contacts)
    for calls in _by_customer(contacts, at):
        for place, (index, contact) in enumerate(calls):
            if since <= contact.started_at < at:
                found[index] = any(_follows(contact, earlier, window_ms) for _, earlier in calls[:place])
    return found


def _by_customer(contacts: Iterable[Contact], at: int) -> Iterable[list[tuple[int, Contact]]]:
    """Each customer's contacts known at ``at``, in order of start, with their positions in the list."""
    known: defaultdict[int | str, list[tuple[int, Contact]]] = defaultdict(list)
    for index, contact in enumerate(contacts):
        if contact.customer is not None and contact.started_at <= at:
            known[contact.customer].append((index, contact))
    for calls in known.values():
        if len(calls) > 1:
            calls.sort(key=_started_at)
    return known.values()


def _started_at(item: tuple[int, Contact]) -> int:
    return item[1].started_at


def _follows(contact: Contact, earlier: Contact, window_ms: int) -> bool:
    if not earlier.answered or earlier.ended_at is None:
        return False
    may_be_alike = contact.reason is None or earlier.reason is None or contact.reason == earlier.reason
    return may_be_alike and earlier.ended_at <= contact.started_at <= earlier.ended_at + window_ms
