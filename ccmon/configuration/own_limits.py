"""A person's own limits of alarms beside those of the site, as `config` tells of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from msgspec.structs import replace

from ccmon import settings
from ccmon.configuration import file_settings, value_texts
from ccmon.configuration.database_values import DatabaseValues
from ccmon.configuration.names import written
from ccmon.configuration.setting import Origin, RequestedChange, Setting, SettingChange, SiteValue
from ccmon.configuration.site_columns import ALARMS, LIMITS_INSTEAD, own_columns
from ccmon.database.database_file import open_for_reading
from ccmon.errors import CcmonError


def for_this_person(found: Iterable[Setting]) -> Iterator[Setting]:
    """Limits of the site, each of which this person has one of their own in its place, with the site's beside it.

    Raises:
        CcmonError: a settings file cannot be read.
    """
    own = file_settings.own_limits()
    for setting in found:
        limit = own.get(setting.name[-1])
        if limit is None:
            yield setting
            continue
        column, (value, file) = own_columns(ALARMS)[setting.name[-1]], limit
        yield replace(
            setting,
            text=value_texts.write(column, value, None),
            value=value_texts.for_json(column, value, None),
            origin=Origin.FILE,
            where=file,
            of_site=SiteValue(setting.text, setting.value, setting.origin),
        )


def going_before(changes: Sequence[RequestedChange]) -> list[str]:
    """Sentences about the site's limits of alarms that a limit of this person's own goes before."""
    try:
        own = file_settings.own_limits()
    except CcmonError as error:
        return [str(error)]
    found = ((change, own.get(change.name[-1])) for change in changes if change.name[0] == settings.ALARMS)
    return [f"On your screens {limit[1]} overrides {written(change.name)}." for change, limit in found if limit]


def beside_the_site(differences: Sequence[SettingChange], database: Path | None) -> list[SettingChange]:
    """Differences in own limits, with the site's limit where there is none: it holds then.

    Args:
        differences: in a settings file.
        database: the site's; None: that of the settings. Where it cannot be read, the differences stay as they are.
    """
    limits = {written((settings.ALARMS, name)): name for name in own_columns(ALARMS)}
    if not any(each.name in limits for each in differences):
        return list(differences)
    try:
        with open_for_reading(database or settings.load().database) as connection:
            of_site = {each.written_name: each.text for each in DatabaseValues(connection).settings(settings.ALARMS)}
    except CcmonError:
        return list(differences)
    found = []
    for each in differences:
        if each.name in limits:
            text = of_site[each.name] or LIMITS_INSTEAD[settings.ALARMS, limits[each.name]]
            site = f"{text} (the site's)"
            each = replace(each, before=each.before or site, after=each.after or site)  # noqa: PLW2901
        found.append(each)
    return found
