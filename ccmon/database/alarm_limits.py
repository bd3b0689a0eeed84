"""Reads the limits of alarms that a site has set."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import asdict

from ccmon.database.driver import Database
from ccmon.model.alarm_limits import AlarmLimits, SiteLimits
from ccmon.snapshot.directory import ParticularLimit


def read_site_limits(database: Database) -> SiteLimits:
    """The limits of the site; the usual ones where it has set none."""
    return database.row("directory_alarm_limits", SiteLimits) or SiteLimits()


def read_alarm_limits(database: Database, own: Mapping[str, int]) -> AlarmLimits:
    """The limits of the site, of its reasons, queues and teams, and those of a person on top (`AlarmLimits.own`)."""
    particular = database.rows("directory_particular_limits", ParticularLimit)
    limits = AlarmLimits(
        **asdict(read_site_limits(database)),
        particular={(each.name, each.scope, each.subject): each.value for each in particular},
    )
    return limits.with_own(own)
