"""What a call database holds of the answers already: the defaults when setup is run again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from msgspec import Struct

from ccmon.database.database_file import open_for_reading
from ccmon.database.driver import Database
from ccmon.database.moments import read_site_and_day
from ccmon.database.opening_calendar import read_opening_calendar
from ccmon.database.reader import floor_now
from ccmon.database.source_status import SourceStatus, source_statuses
from ccmon.formatting import plural, regular
from ccmon.metrics.opening_week import Week
from ccmon.model.queues import Purpose
from ccmon.model.site import Site, SiteMove
from ccmon.real_time import real_now
from ccmon.snapshot.directory import AgentEntry, Campaign, Quota
from ccmon.time_units import WEEK_MS

WEEKS_OF_CALLS = 8


class QueueSetup(Struct, frozen=True):
    """What a queue is for, and how fast its callers are to be answered. A row of ``queues_with_targets``."""

    name: str
    purpose: str | None
    """None: nobody has said it yet."""
    service_level_target: float
    """Share of the callers to be answered in time."""
    service_level_threshold_ms: int
    """Answered within this time is in time."""


class StoredAnswers(Struct, frozen=True):
    """A database as it was when it was looked at."""

    site: Site
    queues: tuple[QueueSetup, ...]
    teams: dict[str, tuple[str, ...]]
    """The agents of each team."""
    agents: tuple[str, ...]
    names_by_login: Mapping[str, str]
    quota: int | None
    """Sales of the whole centre on a day."""
    longer_quotas: Mapping[str, int]
    """Sales of the whole centre in a week or a month, by that word."""
    other_quotas: Mapping[str, int]
    """How many teams, agents and so on have a quota, by what they are."""
    has_sales_campaign: bool
    sources: tuple[SourceStatus, ...]
    opening_hours: Week
    moved: SiteMove | None
    """To which database the site was moved, if this is a former one."""
    past_calls: Mapping[int, int]
    """How many calls came in the quarters of an hour of the last weeks, by their start."""


def _others_with_quota(quotas: Iterable[Quota]) -> Iterator[tuple[str, int]]:
    """What has a quota besides the centre: what it is, and its id."""
    for each in quotas:
        if each.scope != "centre" and any((each.sales, each.revenue_cents, each.conversion)):
            yield each.scope, each.scope_id


class History(Struct, frozen=True):
    """What a database has recorded."""

    calls: int
    sales: int
    follow_ups: int

    @property
    def is_empty(self) -> bool:
        """Whether it has recorded nothing that somebody would miss."""
        return not (self.calls or self.sales or self.follow_ups)

    @property
    def in_words(self) -> str:
        """How many calls, sales and follow-ups, as far as there are any."""
        counts = {"call": self.calls, "sale": self.sales, "follow-up": self.follow_ups}
        return ", ".join(plural(count, *regular(what)) for what, count in counts.items() if count) or "0 calls"


def history(path: Path) -> History:
    """What a database has recorded.

    Raises:
        CcmonError: it cannot be read.
    """
    with open_for_reading(path) as connection:
        return Database(connection).one_row("history", History)


def look_at_database(path: Path) -> StoredAnswers:
    """Read what setup asks for.

    Raises:
        CcmonError: it is no call database, or cannot be read, or is an older one.
    """
    with open_for_reading(path) as connection:
        database = Database(connection)
        site, today = read_site_and_day(database, floor_now(connection))
        agents = [each for each in database.rows("directory_agents", AgentEntry) if each.active]
        sharing = Counter(agent.name for agent in agents)
        names = {agent.id: agent.name if sharing[agent.name] == 1 else agent.login for agent in agents}
        teams: dict[str, tuple[str, ...]] = {}
        for agent in agents:
            if agent.team is not None:
                teams[agent.team] = (*teams.get(agent.team, ()), names[agent.id])
        quotas = database.rows("directory_quotas", Quota, {"date": today.date})
        of_centre = (each.sales for each in quotas if (each.scope, each.period) == ("centre", "day"))
        return StoredAnswers(
            site=site,
            queues=tuple(database.rows("queues_with_targets", QueueSetup)),
            teams=teams,
            agents=tuple(names.values()),
            names_by_login={agent.login: names[agent.id] for agent in agents},
            quota=next(of_centre, None),
            longer_quotas={
                each.period: each.sales
                for each in quotas
                if each.scope == "centre" and each.period != "day" and each.sales
            },
            other_quotas=Counter(scope for scope, _ in dict.fromkeys(_others_with_quota(quotas))),
            has_sales_campaign=any(
                each.purpose == Purpose.SALES for each in database.rows("directory_campaigns", Campaign)
            ),
            sources=tuple(source_statuses(path, connection, real_now())),
            opening_hours=read_opening_calendar(database).weekdays,
            moved=database.row("site_move", SiteMove),
            past_calls=database.pairs("calls_of_quarters", {"since": real_now() - WEEKS_OF_CALLS * WEEK_MS}),
        )
