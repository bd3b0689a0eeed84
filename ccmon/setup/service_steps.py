"""Steps for the service that follows the switch."""

from __future__ import annotations

import time

from ccmon.errors import CcmonError
from ccmon.model.sources import DEFAULT_SERVICE as SERVICE
from ccmon.services.outdated import outdated
from ccmon.services.systemd import is_running
from ccmon.services.unit import FollowUnit
from ccmon.setup import follow_command
from ccmon.setup.question import YES
from ccmon.setup.rights import Rights
from ccmon.setup.step import Description, Step

WATCHED_S = 2.0
"""How long a service must go on running to count as started."""


class InstallService(Step):
    """The service that follows the switch."""

    def applies(self) -> bool:
        return self.context.answers.get("service") == YES

    @property
    def _unit(self) -> FollowUnit:
        """As it will be when the steps before it are done."""
        group = Rights(self.context).group if self.context.gives_rights else None
        return follow_command.follow_unit(self.context, group=group)

    def is_done(self) -> bool:
        systemd = self.context.machine.systemd
        try:
            return self._is_written() and is_running(systemd.state(SERVICE)) and outdated(systemd, SERVICE) is None
        except CcmonError:  # its account is not there yet
            return False

    def _is_written(self) -> bool:
        return not self.context.machine.systemd.difference(SERVICE, self._unit.text())

    def describe(self) -> Description:
        systemd = self.context.machine.systemd
        path, former = systemd.unit(SERVICE), outdated(systemd, SERVICE)
        if former is not None and self._is_written():
            what = f"still writes {former.writes}" if former.writes else f"was started before {path} was written"
            return Description(f"Restart {SERVICE}", (f"it {what}", *former.commands))
        details: list[str] = [f"runs: ccmon follow {' '.join(follow_command.follow_arguments(self.context))}"]
        if path.exists():
            try:
                details = systemd.difference(SERVICE, self._unit.text())
            except CcmonError:
                details.append("the unit that is there is replaced")
        drop_ins = (f"{each} changes it, and stays" for each in systemd.drop_ins(SERVICE))
        return Description(f"Write {path}, and start it", (*details, *drop_ins))

    def do(self) -> str:
        unit = self._unit
        self.context.machine.systemd.install(SERVICE, unit.text())
        self._watch()
        groups = unit.account.supplementary_groups if unit.account else ()
        return f"with the group {', '.join(groups)}, which may read its records" if groups else ""

    def _watch(self) -> None:
        """See whether it goes on running: a wrong password or a log that it cannot read ends it at once."""
        end = time.monotonic() + WATCHED_S
        restarts = None  # those of a service that has ended again and again go on to count
        while True:
            state = self.context.machine.systemd.state(SERVICE)
            restarts = restarts or state.get("NRestarts")
            if not is_running(state) or state.get("NRestarts") != restarts:
                raise CcmonError(f"it does not go on running: {self._why()}")
            if time.monotonic() >= end:
                return
            time.sleep(0.1)

    def _why(self) -> str:
        """What it has said last, as far as the journal has it, or where to look."""
        machine = self.context.machine
        end = time.monotonic() + WATCHED_S  # an entry may come a moment after the end that it explains
        while (said := machine.systemd.last_line(SERVICE, machine.run)) is None and time.monotonic() < end:
            time.sleep(0.1)
        return said or f"{' '.join(machine.systemd.journal(SERVICE))} says why; correct it."


class RemoveService(Step):
    """A service that is there, and is not wanted any more."""

    def applies(self) -> bool:
        findings = self.context.findings
        return bool(findings.service) and findings.has_systemd and self.context.answers.get("service") != YES

    def is_done(self) -> bool:
        return False

    def describe(self) -> Description:
        path = self.context.machine.systemd.unit(SERVICE)
        return Description(f"Stop the service {SERVICE}, and take {path} away")

    def do(self) -> str:
        self.context.machine.systemd.remove(SERVICE)
        return ""
