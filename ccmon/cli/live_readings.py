"""The floor as a stream sees it: read again and again, each time only what has changed, and narrowed."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType

from ccmon.database.live_reader import LiveReader
from ccmon.errors import CcmonError
from ccmon.model.alarm_limits import NO_LIMITS
from ccmon.model.snapshot import FloorSnapshot
from ccmon.snapshot.narrow import NO_FILTER, Filters, narrow


class LiveReadings:
    """Readings of one database, one at a time, by whichever thread. Use it as a context manager."""

    def __init__(self, path: Path, own_limits: Mapping[str, int] = NO_LIMITS, filters: Filters = NO_FILTER) -> None:
        """Read the part of a floor that filters let through, for a person with own limits of alarms."""
        self._runner = asyncio.Runner()
        self._reader = LiveReader(path, own_limits)
        self._filters = filters

    def read(self, *, whole: bool = False) -> FloorSnapshot:
        """The floor now.

        Args:
            whole: wait for what is not read each second, such as satisfaction; else it is that of up to half a minute
                ago, and unknown at first.

        Raises:
            CcmonError: the database cannot be read. The next reading tries again.
        """
        snapshot = self.read_all(whole=whole)
        return narrow(snapshot, self._filters.spelt(snapshot))

    def read_all(self, *, whole: bool = False) -> FloorSnapshot:
        """The floor now, not narrowed; see `read`."""
        try:
            return self._runner.run(self._read(whole=whole))
        except OSError as error:
            raise CcmonError(f"The database cannot be read: {error}.") from error

    async def _read(self, *, whole: bool) -> FloorSnapshot:
        snapshot = await self._reader.snapshot()
        if whole:
            await self._reader.wait_for_periodic()
            snapshot = await self._reader.snapshot()
        return snapshot

    def __enter__(self) -> LiveReadings:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        try:
            self._runner.run(self._reader.close())
        finally:
            self._runner.close()
