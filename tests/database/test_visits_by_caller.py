"""Visits found by who made them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ccmon.database.visits_by_caller import VISIT_BITS, VisitsByCaller
from ccmon.snapshot.periodic_rows import VisitCaller

visits = st.lists(
    st.builds(
        VisitCaller,
        id=st.integers(0, 9) | st.just((1 << VISIT_BITS) - 1),
        customer_id=st.none() | st.integers(0, 5),
        caller=st.none() | st.sampled_from(["0612", "0613", ""]),
    ),
    max_size=12,
)


@given(first=visits, added=visits, callers=st.sets(st.integers(0, 5) | st.sampled_from(["0612", "0613", ""])))
def test_every_visit_of_a_caller_is_found(
    first: list[VisitCaller], added: list[VisitCaller], callers: set[int | str]
) -> None:
    by_caller = VisitsByCaller(first)
    by_caller.add(added)
    theirs = {visit.id for visit in (*first, *added) if {visit.customer_id, visit.caller} & callers}
    found = set(by_caller.of(callers))
    assert theirs <= found
    assert found <= {visit.id for visit in (*first, *added)}
