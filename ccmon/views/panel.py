"""The base of all panels: a summary that can be read in a second, and rows in the order in which they need a person."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from operator import attrgetter
from typing import Any, ClassVar, Generic, NamedTuple, TypeVar, overload

from ccmon.formatting import customer_name, fit, joined, wrapped
from ccmon.model.alarms import Severity
from ccmon.views.cached_value import CachedValue
from ccmon.views.columns import MEASURED, Column
from ccmon.views.styled_text import Span, TextStyle, blank
from ccmon.views.view_context import ViewContext

Row = TypeVar("Row")


class Fact(NamedTuple):
    """A figure with its label, which the help explains."""

    label: str
    value: str
    style: TextStyle = TextStyle.TEXT


class LazyFacts(Sequence[Fact]):
    """Facts that are made one after another, only as many as there is room for.

    They may depend only on what their summary has already read from its context, and on no moment.
    """

    def __init__(self, *make: Callable[[], Fact]) -> None:
        self._make = make
        self._made: dict[int, Fact] = {}

    def __len__(self) -> int:
        return len(self._make)

    @overload
    def __getitem__(self, place: int) -> Fact: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Fact]: ...
    def __getitem__(self, place: int | slice) -> Fact | Sequence[Fact]:
        if isinstance(place, slice):
            return [self[each] for each in range(*place.indices(len(self)))]
        if place not in self._made:
            self._made[place] = self._make[place]()
        return self._made[place]


class PanelSummary(NamedTuple):
    """A panel's head."""

    figure: Fact
    """The panel's most important figure, and what it counts."""
    facts: Sequence[Fact] = ()
    """The most important first."""
    second_figure: Span = Span("")
    """A second figure for the KPI strip, where the panel itself is not shown."""
    second_in_short: str = ""
    """Its short form where there is little room; empty: it is short already."""
    short_label: str = ""
    """The label of the figure in the KPI strip where there is no room for the whole; empty: it is left out there."""


class Detail(NamedTuple):
    """One line of a row's details: a heading where there is no value."""

    label: str
    value: str = ""
    style: TextStyle = TextStyle.TEXT


class FloorPanel(ABC, Generic[Row]):
    """One panel. It knows nothing of the screen: it makes texts from a `ViewContext`."""

    number: ClassVar[int]
    name: ClassVar[str]
    short: ClassVar[str] = ""
    """The name where there is little room."""
    purpose: ClassVar[str]
    """One sentence for the help screen."""
    empty_message: ClassVar[str]
    """Shown when there are no rows."""
    default_sort_help: ClassVar[str]
    """The order of the rows while no column is sorted by, for the help."""
    fact_meanings: ClassVar[Sequence[tuple[str, str]]]
    """Each label of the head with what it means, for the help screen."""
    tab: ClassVar[str] = ""
    """What this tab of the panel is called, where the panel has several."""
    has_actions: ClassVar[bool] = False
    """Whether its rows are follow-ups, which can be settled, moved and handed over."""
    has_customers: ClassVar[bool] = False
    """Whether its rows are customers, or reasons with customers, to whom a call can be promised (`promisees_of`)."""
    rows_have_several: ClassVar[bool] = False
    """Whether each of these rows is about several customers."""
    section: ClassVar[str]
    """The section of the snapshot that it shows: a field, as `FloorSnapshot.absent` names it."""
    needs_periodic: ClassVar[bool] = True
    """Whether some of its figures depend on past days or on data read less often than each poll."""
    identity_fields: ClassVar[tuple[str, ...]] = ("id",)
    """The attributes that identify a row from tick to tick."""
    heading_format: ClassVar[str] = "{row.name}"
    """The title of a row's details; `{customer}` is the name of the row's customer."""
    columns: Sequence[Column[Row]]
    printed_columns: Sequence[Column[Row]] = ()
    """Further columns of a printed text, where no row can be opened: what the screen draws or keeps for details."""
    printed_limit: ClassVar[int] = 20
    """Rows that a printed text lists; the others are counted."""
    previews_next: ClassVar[bool] = False
    """Whether `below` shows what the next tab shows in full."""

    @property
    def key(self) -> str:
        """By which what a person sets in this tab is kept, whatever its texts are."""
        return type(self).__name__

    def __init__(self, *others: FloorPanel[Any]) -> None:
        self.key_of: Callable[[Row], object] = attrgetter(*self.identity_fields)
        """Gives what identifies a row, in the form in which it is found fastest."""
        self.tabs: Sequence[FloorPanel[Any]] = (self, *others)
        """The tabs of the panel, this one first. They share its number, its name and its head."""
        self._head: CachedValue[PanelSummary] = CachedValue()

    def head(self, context: ViewContext) -> PanelSummary:
        """The summary, made again only where something in it has changed."""
        return self._head.get(context, None, self.summary)

    @abstractmethod
    def summary(self, context: ViewContext) -> PanelSummary:
        """The panel's head."""

    def head_row(self, context: ViewContext) -> Any:
        """The record that the facts of the head are about, of most panels the whole floor; None: there is none."""
        return context.snapshot

    def rows(self, context: ViewContext) -> Sequence[Row]:
        """The rows, those that need a person first; by default the records of the part as the snapshot has them."""
        records: Sequence[Row] | None = getattr(context.snapshot, self.section)
        return records or ()

    def identity(self, row: Row) -> str:
        """What identifies a row from tick to tick."""
        return str(self.key_of(row))

    def identities(self, rows: Sequence[Row]) -> Iterator[str]:
        """The identity of each row."""
        return map(self.identity, rows)

    def measured(self, rows: Sequence[Row]) -> Sequence[Row]:
        """The rows whose texts decide how wide columns are."""
        return rows[:MEASURED]

    def heading(self, row: Row) -> str:
        """The title of a row's details."""
        return self.heading_format.format(row=row, customer=customer_name(getattr(row, "customer", None)))

    def marked(self, context: ViewContext) -> Mapping[Severity, int]:
        """How many rows alarms are about, for the edge of the panel, as a row that needs a person keeps its place."""
        return {}

    @abstractmethod
    def details(self, row: Row, context: ViewContext) -> Sequence[Detail]:
        """All that is known of a row."""

    def printed_rows(self, context: ViewContext) -> Sequence[Row]:
        """The rows for a printed text."""
        return self.rows(context)

    def totals(self, context: ViewContext) -> Sequence[Row]:
        """Rows with the totals of all that is shown; a printed text has them above the others."""
        return ()

    def printed_facts(self, context: ViewContext) -> Sequence[Fact]:
        """Facts that a printed text adds to those of the head."""
        return ()

    def head_alone(self, context: ViewContext) -> bool:
        """Whether a printed text has the head when there are no rows."""
        return False

    def why_empty(self, context: ViewContext) -> str:
        """The message shown when there are no rows."""
        return (
            context.absent(self.section) or (self.needs_periodic and context.snapshot.incomplete) or self.empty_message
        )

    def notes(self, context: ViewContext) -> Sequence[str]:
        """Sentences under the rows; a row's details repeat them, in case there is no room for all."""
        return ()

    def below(self, context: ViewContext, width: int, height: int) -> Sequence[tuple[Span, ...]]:
        """What is shown under the rows where there is room left: at most `height` lines of `width` cells.

        By default the notes, one line apart from the rows; if not all fit, the last line counts the rest.
        """
        more = context.glyphs.more
        pieces = [piece for text in self.notes(context) for piece in wrapped(text, width, "  ")]
        room = max(0, height - 1)
        if 0 < room < len(pieces):
            rest = len(pieces) - room + 1
            pieces = [*pieces[: room - 1], f"{more} {rest} more lines: see the details of a row"]
        lines = [(Span(fit(piece, width, more=more), TextStyle.QUIET),) for piece in pieces[:room]]
        return [(blank(width),), *lines] if lines else ()

    def printed_below(self, context: ViewContext, width: int, height: int) -> Sequence[tuple[Span, ...]]:
        """What stands under the rows in a printed text."""
        return self.below(context, width, height)

    def remark(self, context: ViewContext, *, short: bool = False) -> str:
        """What the reader must know about the rows: what a filter does not narrow, why figures are unknown.

        With `short`, in few words for a head with little room.
        """
        why = context.absent(self.section)
        if not why and self.needs_periodic and context.snapshot.incomplete:
            why = context.snapshot.incomplete
            if short:
                why = next((f"{work.percent} % read" for work in context.snapshot.progress), "being read")
        unknown = f"{context.glyphs.unknown} {why}" if why else ""
        return joined(context.wider_scope(self.section), unknown)
