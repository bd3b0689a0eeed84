"""What the figures of queues are counted from, by the keys of their columns and the labels of their facts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from msgspec.structs import replace

from ccmon.formatting import clock, percent
from ccmon.metrics.durations import spoken
from ccmon.metrics.lost_callers import CallerState
from ccmon.metrics.service_level import in_threshold_to_reach
from ccmon.model.agents import ON_THE_PHONES, AgentState
from ccmon.model.queues import QueueFigures
from ccmon.model.snapshot import FloorSnapshot
from ccmon.snapshot.staffing import can_take_calls
from ccmon.views.agents import STATES
from ccmon.views.counting import LENGTH, MEAN, NOW, SHARE, Addend, Amount, Behind, Counted, Counting, of_floor, one
from ccmon.views.view_context import ViewContext

NOBODY_REPORTS = "no source reports who serves the queue"
FEW_CALLS = "too few calls to tell"


def _queues_of(queue: QueueFigures, context: ViewContext) -> Sequence[QueueFigures]:
    """A queue, or the queues that a total adds up."""
    return context.snapshot.queues if queue.id is None else (queue,)


def _calls(figure: str) -> Callable[[QueueFigures, ViewContext], Behind]:
    """The calls of a queue, or of all queues shown."""

    def behind(queue: QueueFigures, context: ViewContext) -> Behind:
        ids = [each.id for each in _queues_of(queue, context) if each.id is not None]
        return Behind(f"proof_of_{figure}_of_queues", ids)

    return behind


def _added(queue: QueueFigures, context: ViewContext, words: str, number_of: Callable[[QueueFigures], int]) -> Amount:
    """A count of a queue; that of a total by queue."""
    if queue.id is not None:
        return one(number_of(queue), words)
    return Amount([Addend(number_of(each), each.name) for each in context.snapshot.queues] or [Addend(0, words)], words)


def _longest(queue: QueueFigures, context: ViewContext) -> Counting | None:
    waited = context.waited(queue.longest_wait_since)
    if queue.longest_wait_since is None or waited is None:
        return None
    since = clock(queue.longest_wait_since, context.zone, seconds=True)
    return Counting(one(waited, f"since {since}, when the caller entered", LENGTH), measure=LENGTH)


def _waiting(queue: QueueFigures, context: ViewContext) -> Counting:
    return Counting(_added(queue, context, "waiting", lambda each: each.waiting))


def _talking(queue: QueueFigures, context: ViewContext) -> Counting:
    return Counting(_added(queue, context, "talking", lambda each: each.talking))


def threshold_text(queue: QueueFigures) -> str:
    """The threshold in words; that of a total whose queues have different ones."""
    threshold_ms = queue.service_level_threshold_ms
    if threshold_ms is None:
        return "the threshold of its queue"
    return spoken(threshold_ms)


def _level(queue: QueueFigures, waiting_past: int) -> Counting:
    top = one(queue.answered_in_threshold, f"answered within {threshold_text(queue)}")
    of = Amount(
        (
            Addend(queue.answered, "answered"),
            Addend(-queue.answered_without_wait, "answered after an unknown wait"),
            Addend(queue.abandoned, "abandoned"),
            Addend(-queue.short_abandoned, "short"),
            Addend(queue.timed_out, "timed out"),
            Addend(queue.no_agents, "with nobody to serve"),
            Addend(waiting_past, f"waiting past {threshold_text(queue)}"),
        )
    )
    left_out = (
        Addend(queue.short_abandoned, "short"),
        Addend(queue.diverted, "diverted"),
        Addend(queue.unknown, "with an unknown end"),
        Addend(queue.answered_without_wait, "answered after an unknown wait"),
        Addend(queue.open - waiting_past, "still waiting"),
    )
    target = queue.service_level_target
    more = in_threshold_to_reach(target, answered_in_threshold=queue.answered_in_threshold, judged=round(of.value))
    notes = [f"The target of {percent(target)} is reached if the next {more} are answered in time."] if more else ()
    return Counting(top, of, SHARE, left_out=left_out, notes=notes)


def _level_live(queue: QueueFigures, context: ViewContext) -> Counting:
    return _level(queue, queue.waiting_past_threshold(context.known_until))


def _level_ended(queue: QueueFigures, _context: ViewContext) -> Counting:
    return _level(queue, 0)


def _ready(queue: QueueFigures, context: ViewContext) -> Counting:
    return _serving(queue, context, frozenset({AgentState.READY}))


def _staffed(queue: QueueFigures, context: ViewContext) -> Counting:
    return _serving(queue, context, ON_THE_PHONES)


def _serving(queue: QueueFigures, context: ViewContext, states: frozenset[AgentState]) -> Counting:
    """Who serves, without those in other states than these, or paused in the queue.

    Agents of other teams and clients serve these queues, too, so that all of the floor is looked at.
    """
    floor = context.unfiltered
    shown = {each.id for each in _queues_of(queue, context)}
    agents = {agent.id: agent for agent in floor.agents}
    members = [each for each in floor.memberships if each.queue_id in shown]
    can_serve: dict[int, bool] = {}
    for member in members:
        agent = agents.get(member.agent_id)
        can_serve[member.agent_id] = can_serve.get(member.agent_id, False) or (
            agent is not None and can_take_calls(member, agent)
        )
    if queue.id is None and not members:  # nobody reports who serves what
        can_serve = dict.fromkeys(agents, True)
    without: Counter[str] = Counter()
    for agent_id, is_able in can_serve.items():
        agent = agents.get(agent_id)
        if agent is None:
            without["not here today"] += 1
        elif agent.state not in states:
            without[STATES[agent.state].word] += 1
        elif not is_able:
            without["paused in the queue"] += 1
    off = [Addend(-number, words) for words, number in without.most_common()]
    whom = "who serve" if members or queue.id is not None else "agents"
    return Counting(Amount((Addend(len(can_serve), whom), *off)), unknown="" if queue.agents_known else NOBODY_REPORTS)


def _required(queue: QueueFigures, context: ViewContext) -> Counting | None:
    if queue.agents_needed is None:
        return None
    queues = _queues_of(queue, context)
    words = f"required for {percent(queue.service_level_target)} within {threshold_text(queue)}"
    if queue.service_level_target is None:
        words = "required for the targets"
    parts = [Addend(each.agents_needed, each.name) for each in queues if each.agents_needed is not None]
    top = one(queue.agents_needed, words) if queue.id is not None else Amount(parts, words)
    return Counting(
        top, notes=("From the calls of the last 15 minutes and how long calls take, by the Erlang formulas.",)
    )


def _allotted(queue: QueueFigures, context: ViewContext) -> Counting | None:
    if queue.agents_allotted is None:
        return None
    if queue.id is not None:
        return Counting(one(queue.agents_allotted, f"of {queue.agents_on_phones} staffed"))
    is_short = any(each.short_of_agents for each in context.snapshot.queues)
    parts = [
        Addend(
            (each.agents_needed or 0) + min(0, each.agents_gap or 0) if is_short else each.agents_allotted or 0,
            each.name,
        )
        for each in context.snapshot.queues
    ]
    notes = ("Queues are short of agents: only those who are required are counted.",) if is_short else ()
    return Counting(Amount(parts, "allotted"), notes=notes)


def _offered(queue: QueueFigures, _context: ViewContext) -> Counting:
    parts = (
        Addend(queue.answered, "answered"),
        Addend(queue.abandoned, "abandoned"),
        Addend(queue.timed_out, "timed out"),
        Addend(queue.no_agents, "with nobody to serve"),
        Addend(queue.diverted, "diverted"),
        Addend(queue.unknown, "with an unknown end"),
        Addend(queue.open, "still waiting"),
    )
    return Counting(Amount(parts, "offered"))


def _answered(queue: QueueFigures, _context: ViewContext) -> Counting:
    within = threshold_text(queue)
    parts = (
        Addend(queue.answered_in_threshold, f"within {within}"),
        Addend(queue.answered_after_wait - queue.answered_in_threshold, "later"),
        Addend(queue.answered_without_wait, "after an unknown wait"),
    )
    return Counting(Amount(parts, "answered"))


def _lost(queue: QueueFigures, _context: ViewContext) -> Counting:
    parts = (
        Addend(queue.abandoned, "abandoned"),
        Addend(-queue.short_abandoned, "short"),
        Addend(queue.timed_out, "timed out"),
        Addend(queue.no_agents, "with nobody to serve"),
    )
    return Counting(Amount(parts, "lost"))


def _abandonment(queue: QueueFigures, _context: ViewContext) -> Counting:
    abandoned = Addend(queue.abandoned, "abandoned"), Addend(-queue.short_abandoned, "short")
    finished = (
        Addend(queue.answered, "answered"),
        *abandoned,
        Addend(queue.timed_out, "timed out"),
        Addend(queue.no_agents, "with nobody to serve"),
        Addend(queue.diverted, "diverted"),
    )
    left_out = (
        Addend(queue.short_abandoned, "short"),
        Addend(queue.unknown, "with an unknown end"),
        Addend(queue.open, "still waiting"),
    )
    return Counting(Amount(abandoned), Amount(finished), SHARE, left_out=left_out)


def _asa(queue: QueueFigures, _context: ViewContext) -> Counting:
    of = Amount((Addend(queue.answered, "answered"), Addend(-queue.answered_without_wait, "after an unknown wait")))
    left_out = (Addend(queue.answered_without_wait, "answered after an unknown wait"),)
    return Counting(one(queue.answered_wait_ms, "of waiting", LENGTH), of, MEAN, left_out=left_out)


def _aht(queue: QueueFigures, _context: ViewContext) -> Counting:
    times = (Addend(queue.talk_ms, "talk"), Addend(queue.hold_ms, "hold"), Addend(queue.wrap_up_ms, "wrap-up"))
    left_out = (
        Addend(queue.cut_off, "cut off"),
        Addend(queue.answered - queue.cut_off - queue.handled, "not over yet"),
    )
    return Counting(Amount(times, measure=LENGTH), one(queue.handled, "handled"), MEAN, left_out=left_out)


QUEUES: Mapping[str, Counted[QueueFigures]] = {
    "longest": Counted("longest_wait", _longest, _calls("waiting"), NOW),
    "waiting": Counted("waiting", _waiting, _calls("waiting"), NOW),
    "level": Counted("service_level", _level_live, _calls("service_level")),
    "level_ended": Counted("service_level_ended", _level_ended, _calls("service_level_ended")),
    "ready": Counted("agents_ready", _ready, over=NOW),
    "staffed": Counted("agents_staffed", _staffed, over=NOW),
    "required": Counted("agents_required", _required, over=NOW),
    "allotted": Counted("agents_allotted", _allotted, over=NOW),
    "offered": Counted("offered", _offered, _calls("offered")),
    "answered": Counted("answered", _answered, _calls("answered")),
    "lost": Counted("lost", _lost, _calls("lost")),
    "abandonment": Counted("abandonment_rate", _abandonment, _calls("abandonment")),
    "asa": Counted("asa", _asa, _calls("asa")),
    "aht": Counted("aht", _aht, _calls("aht")),
    "talking": Counted("talking", _talking, _calls("talking"), NOW),
}
"""By the keys of the columns."""


def _of_total(key: str) -> Counted[FloorSnapshot]:
    """The same figure of all queues shown."""
    return of_floor(QUEUES[key], lambda floor: floor.total)


def _together(queue: QueueFigures, context: ViewContext) -> Counting:
    """Agents staffed for all queues shown, each counted once, and which queues are short of agents."""
    counting, gap = _staffed(queue, context), queue.agents_gap
    if gap is None:
        return counting
    short = [f"{each.name} {-(each.agents_gap or 0)}" for each in context.snapshot.queues if each.short_of_agents]
    note = "Each queue has as many as it requires."
    if short:
        note = f"Required: {queue.agents_needed}. Short, with each agent allotted to one queue: {', '.join(short)}."
    return replace(counting, notes=(note,))


def _state(state: CallerState | None) -> Counted[FloorSnapshot]:
    """Lost callers in a state, or all by their states."""

    def counting(floor: FloorSnapshot, _context: ViewContext) -> Counting | None:
        found = floor.lost_callers
        if found is None:
            return None
        if state is not None:
            return Counting(one(found.count(state), state.value))
        return Counting(Amount([Addend(found.count(each), each.value) for each in CallerState], "gave up"))

    def behind(floor: FloorSnapshot, _context: ViewContext) -> Behind:
        return Behind("proof_of_lost_of_queues", [each.id for each in floor.queues if each.id is not None])

    return Counted("lost_callers" if state is None else f"lost_callers_{state.name.lower()}", counting, behind)


FACTS: Mapping[str, Counted[FloorSnapshot]] = {
    "waiting": _of_total("waiting"),
    "longest": _of_total("longest"),
    "SL": _of_total("level"),
    "ready": _of_total("ready"),
    "talking": _of_total("talking"),
    "offered": _of_total("offered"),
    "lost": _of_total("lost"),
    "staffed": of_floor(Counted("agents_staffed", _together, over=NOW), lambda floor: floor.total),
    "ASA": _of_total("asa"),
    "to call back": _state(CallerState.TO_CALL_BACK),
    "gave up": _state(None),
    "promised": _state(CallerState.PROMISED),
    "waiting again": _state(CallerState.WAITING),
    "called again": _state(CallerState.CALLED_AGAIN),
    "called back": _state(CallerState.CALLED_BACK),
    "withheld": _state(CallerState.WITHHELD),
}
"""By the labels of the facts in the head."""
