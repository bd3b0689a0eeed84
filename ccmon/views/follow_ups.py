"""Follow-ups: calls promised to customers, due today or overdue."""

from __future__ import annotations

from collections.abc import Sequence

from ccmon.formatting import coarse, dated, percent
from ccmon.language import N_, pgettext
from ccmon.language import gettext as _
from ccmon.metrics.next_change import NextChange
from ccmon.metrics.percentage import chance_text
from ccmon.model.alarms import Rule
from ccmon.model.follow_ups import FollowUp
from ccmon.spelling import folded
from ccmon.time_units import MINUTE_MS, SECOND_MS
from ccmon.views import column_factories as column
from ccmon.views.agents import state_column, state_span
from ccmon.views.alarms import does_now, follow_up_load_sentence, why_at_risk
from ccmon.views.columns import Column
from ccmon.views.follow_up_tabs import OVERDUE_STYLE, FollowUpTabBase, late_style
from ccmon.views.panel import Detail
from ccmon.views.styled_text import Span, TextStyle, blank
from ccmon.views.view_context import ViewContext

SOON_MS = 15 * MINUTE_MS
"""What is due within this time stands out."""


def _style(item: FollowUp, when: NextChange) -> TextStyle:
    """Overdue as the alarm about it; what is due soon stands out, but needs nobody yet."""
    if item.is_overdue(when):
        return OVERDUE_STYLE
    return TextStyle.STRONG if when.reached(item.due_at - SOON_MS) else TextStyle.TEXT


PROMISED = {
    (False, False): "{moment}",
    (True, False): N_("{moment} (closed then)"),
    (False, True): N_("{moment} (moved since)"),
    (True, True): N_("{moment} (closed then) (moved since)"),
}
"""When a call was promised for, by whether the site is closed then, and whether it has been moved since."""


def _when(item: FollowUp, context: ViewContext, _width: int) -> Span:
    when = context.when("rows_at")
    style = _style(item, when)
    if item.is_overdue(when):
        late_ms = when.at - item.due_at
        unit_ms = SECOND_MS if late_ms < MINUTE_MS else MINUTE_MS
        when.note(item.due_at + (late_ms // unit_ms + 1) * unit_ms)
        ago = pgettext("due", "{length} ago").format(length=coarse(late_ms))
        return Span(f"{context.sign(Rule.OVERDUE_FOLLOW_UPS.severity).text} {ago}", style)
    if when.reached(item.due_at - MINUTE_MS + 1):
        return Span(f"  {_('due now')}", style)
    left_ms = item.due_at - when.at
    when.note(item.due_at - left_ms // MINUTE_MS * MINUTE_MS + 1)
    return Span(f"  {_('in {length}').format(length=coarse(left_ms))}", style)


def _late_chance(item: FollowUp, context: ViewContext, _width: int) -> Span:
    if item.late_chance is None:
        return Span(context.glyphs.unknown, TextStyle.QUIET)
    when = context.when("rows_at")
    if item.is_overdue(when):
        return Span(_("late"), TextStyle.QUIET)
    if item.is_at_risk(when):
        return Span(percent(item.late_chance), TextStyle.WATCH)
    return Span(percent(item.late_chance), TextStyle.QUIET)


COLUMNS: tuple[Column[FollowUp], ...] = (
    Column("when", N_("due"),
           N_("How long until it is due, or how long ago it was. Past the due moment and its grace it is "
           "overdue."), 16, _when, 0, right=False, sort=lambda f, v: -f.due_at),
    column.clock("at", N_("at"), N_("The due moment."), lambda f, v: f.due_at, rank=3, style=TextStyle.QUIET),
    column.text("customer", N_("customer"),
                N_("Who was promised a call."), lambda f, v: f.customer, missing=True, width=12,
                rank=1, widest=24),
    Column("owner", N_("owner"), N_("The agent who is to make the call."), 10,
           lambda f, v, width: Span(f.owner) if f.owner else Span(_("nobody"), TextStyle.WATCH), 1, widest=22,
           right=False,
           sort=lambda f, v: folded(f.owner or "") or None, ascending=True),
    Column("risk", N_("late risk"),
           N_("How likely it will be late: by how its owner has kept such promises, and by who is "
           "there. △ at risk: more likely than not. Late: it is overdue, which is counted apart."), 5, _late_chance, 3,
           sort=lambda f, v: f.late_chance, short=N_("risk")),
    state_column(N_("What that agent does now."), lambda f: f.owner_id, rank=4),
    column.text("kind", N_("kind"), N_("What was promised."), lambda f, v: f.kind, width=14, widest=22),
    column.text("team", N_("team"),
                N_("The owner's team."), lambda f, v: f.team, width=8, rank=6, widest=26, by_last_word=True,
                style=TextStyle.QUIET),
    column.text("note", N_("note"),
                N_("What the agent wrote."), lambda f, v: f.note, width=16, rank=7, widest=60, sorts=False,
                style=TextStyle.QUIET),
)  # fmt: skip


class FollowUpsPanel(FollowUpTabBase[FollowUp]):
    """Follow-ups due."""

    tab = N_("due")
    purpose = N_("Calls promised to customers and not yet made, the oldest first.")
    empty_message = N_("Nothing promised for today is open.")
    default_sort_help = N_("oldest first")
    has_actions = True
    columns = COLUMNS
    heading_format = N_("Follow-up for {customer}")
    previews_next = True

    def rows(self, context: ViewContext) -> Sequence[FollowUp]:
        """The oldest first."""
        return sorted(context.snapshot.follow_ups.items, key=lambda item: (item.due_at, item.id))

    def below(self, context: ViewContext, width: int, height: int) -> Sequence[tuple[Span, ...]]:
        """Owners of promises that are overdue or at risk, in the order of the view by owner, a sentence for each."""
        found = context.snapshot.follow_ups.owners or ()
        owners = [each for each in found if each.overdue or each.cannot_be_kept or each.at_risk]
        lines = []
        for owner in owners[: max(0, height - 1)]:
            sentence = context.glyphs.fit(
                f"{context.glyphs.watch} {follow_up_load_sentence(owner, does_now(context.agent(owner.agent_id)))}.",
                width,
            )
            lines.append((Span(sentence, late_style(owner)),))
        return [(blank(width),), *lines] if lines else ()

    def head_alone(self, context: ViewContext) -> bool:
        """Also without rows, if some follow-ups were done today."""
        return bool(context.snapshot.follow_ups.done_today)

    def details(self, row: FollowUp, context: ViewContext) -> Sequence[Detail]:
        """The promise, the note and its owner."""
        unknown = context.glyphs.unknown
        state = state_span(context.agent(row.owner_id), context)
        promised = PROMISED[row.promise_due_at != row.promised_at, row.due_at != row.promise_due_at]
        return [
            Detail(N_("Kind"), row.kind, TextStyle.STRONG),
            Detail(N_("Customer"), row.customer or unknown),
            Detail(N_("Number"), row.phone or unknown),
            *_note(row),
            Detail(N_("When")),
            Detail(N_("due"), dated(row.due_at, context.zone, context.rows_at, unknown=unknown)),
            Detail(N_("that is"), _when(row, context, 0).text, _style(row, context.when("rows_at"))),
            Detail(
                N_("promised for"), _(promised).format(moment=dated(row.promised_at, context.zone, context.rows_at))
            ),
            Detail(N_("overdue from"), dated(row.grace_ends_at, context.zone, context.rows_at)),
            *_risk(row, context),
            Detail(N_("Who")),
            Detail(N_("owner"), row.owner or _("nobody")),
            Detail(N_("state"), state.text or unknown, state.style),
            Detail(N_("team"), row.team or unknown),
            Detail(N_("client"), row.client or unknown),
        ]


def _note(item: FollowUp) -> list[Detail]:
    """The note, near the top: it says why to call."""
    first, *rest = (item.note or pgettext("note", "none")).splitlines() or [pgettext("note", "none")]
    return [Detail(N_("Note"), first), *(Detail("", line) for line in rest)]


def _risk(item: FollowUp, context: ViewContext) -> list[Detail]:
    """How likely a follow-up will be late, and why; empty where unknown, or if it is late already."""
    when = context.when("rows_at")
    if item.late_reason is None or item.is_overdue(when):
        return []
    style = TextStyle.WATCH if item.is_at_risk(when) else TextStyle.TEXT
    return [Detail(N_("late risk"), f"{chance_text(item.late_chance)}: {why_at_risk(item.late_reason)}", style)]
