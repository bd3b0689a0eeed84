"""Callers of today who gave up, and what has become of them (metrics.md 2.1)."""

from __future__ import annotations

from msgspec import Struct

from ccmon.metrics.lost_callers import CallerState
from ccmon.metrics.retention import Segment
from ccmon.number_types import Count, Quantity


class LostCaller(Struct, frozen=True, kw_only=True, gc=False):
    """A customer or number that called today and was not answered; each call with a withheld number is one."""

    id: str
    """Tells the caller from others: the customer, else the number, else the call."""
    customer_id: int | None
    customer: str | None
    """The customer's name."""
    phone: str | None
    """The number that they called from, else the customer's; None: withheld."""
    customer_reference: str | None
    """The site's own customer number."""
    segment: Segment | None
    """What kind of buyer they are, by purchases before today; None: a prospect, who has not bought yet."""
    purchases: Count
    """Days before today on which they bought."""
    queue_id: int | None
    queue: str | None
    """Queue of the last call that was lost."""
    client: str | None
    """The client company of that queue."""
    kind: str
    """How it ended: abandoned, timed_out or no_agents."""
    entered_at: int
    """When they last began to wait in vain."""
    lost_at: int
    """When they last gave up, or were sent away."""
    waited_ms: Quantity
    """How long they waited then."""
    times: Count
    """How many times they gave up today."""
    state: CallerState
    """Whether somebody has talked with them since."""
    state_at: int | None
    """When they were answered or called back, when they began to wait again, or when the promise is due."""
    owner: str | None
    """Owner of the promise: the agent who is to make the call."""

    @property
    def is_to_call_back(self) -> bool:
        """Whether nobody has talked with them since, they do not wait again, and no call is promised."""
        return self.state is CallerState.TO_CALL_BACK


class LostCallers(Struct, frozen=True):
    """Callers of today who gave up."""

    items: tuple[LostCaller, ...]
    """Those to call back first, then the others; in each, the latest first."""

    def count(self, state: CallerState) -> Count:
        """How many are in a state."""
        return [caller.state for caller in self.items].count(state)

    @property
    def callers(self) -> Count:
        """Callers who gave up today, however often."""
        return len(self.items)

    @property
    def calls(self) -> Count:
        """Calls that they gave up."""
        return sum([caller.times for caller in self.items])

    @property
    def to_call_back(self) -> Count:
        """Callers with whom nobody has talked since, who do not wait again and have no promise."""
        return self.count(CallerState.TO_CALL_BACK)

    @property
    def promised(self) -> Count:
        """Callers with an open promise of a call."""
        return self.count(CallerState.PROMISED)

    @property
    def waiting(self) -> Count:
        """Callers who have called again and wait now."""
        return self.count(CallerState.WAITING)

    @property
    def called_again(self) -> Count:
        """Callers who have called again and were answered."""
        return self.count(CallerState.CALLED_AGAIN)

    @property
    def called_back(self) -> Count:
        """Callers whom somebody has called back, or whose follow-up has been settled."""
        return self.count(CallerState.CALLED_BACK)

    @property
    def withheld(self) -> Count:
        """Calls with a withheld number: nobody knows whom to call back."""
        return self.count(CallerState.WITHHELD)
