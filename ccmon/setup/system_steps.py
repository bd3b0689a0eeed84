"""Steps around the database: accounts, directory, settings, rights."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from msgspec.structs import replace

from ccmon import settings
from ccmon.configuration.file_settings import SettingsFile, file_to_change
from ccmon.configuration.setting import RequestedChange, SettingChange
from ccmon.database import access_list
from ccmon.database.source_lock import lock_files
from ccmon.errors import CcmonError, os_error
from ccmon.services.account import reading_groups
from ccmon.setup import directory_steps, follow_command, moved_settings, passwords, place, screen, ssh
from ccmon.setup.groups import ACTING_GROUP, LOOKING_GROUP
from ccmon.setup.machine import group_of, is_of_its_own, owner_of
from ccmon.setup.parsers import ALL, require_access_lists
from ccmon.setup.question import YES, SetupContext
from ccmon.setup.questions import question
from ccmon.setup.rights import Rights, list_of_directory, list_of_file
from ccmon.setup.step import Description, Step


def looking(context: SetupContext) -> list[str]:
    """The accounts that may look."""
    return [name for name in context.answers.get("look", "").split(",") if name]


class MakeAccounts(Step):
    """The account that writes, and the groups of those who look and act."""

    def applies(self) -> bool:
        return self.context.machine.is_root

    def _commands(self) -> list[list[str]]:
        machine, rights = self.context.machine, Rights(self.context)
        commands = [
            ["groupadd", "--system", group]
            for group in dict.fromkeys((LOOKING_GROUP, rights.group))
            if machine.members(group) is None
        ]
        if not machine.has_account(self.context.account):
            home = str(self.database.parent)
            shell = ["--home-dir", home, "--no-create-home", "--shell", "/usr/sbin/nologin", self.context.account]
            commands.append(["useradd", "--system", "--gid", LOOKING_GROUP, *shell])
        commands += [["usermod", "-aG", group, name] for group, name in self._joining()]
        return commands

    def _joining(self) -> list[tuple[str, str]]:
        rights = Rights(self.context)
        wanted = [(LOOKING_GROUP, name) for name in looking(self.context)]
        wanted += [(rights.group, name) for name in rights.acting]
        if rights.acting:  # so that it can give the copies it makes to that group
            wanted.append((rights.group, self.context.account))
        wanted += [(group, self.context.account) for group in self._groups_of_switch()]
        return [(group, name) for group, name in wanted if name not in (self.context.machine.members(group) or ())]

    def _groups_of_switch(self) -> list[str]:
        """The groups that the account needs to read what is followed; root's is left to the service alone."""
        files = follow_command.files_to_read(self.context)
        needed = reading_groups(self.context.account, Rights(self.context).group, files)
        return [group for group in needed if group != "root"]

    def is_done(self) -> bool:
        return not self._commands()

    def describe(self) -> Description:
        return Description("Make accounts and groups", tuple(" ".join(command) for command in self._commands()))

    def do(self) -> str:
        for command in self._commands():
            self.context.machine.do(*command)
        return ""


class TakeRightsAway(Step):
    """Accounts that are not named any more leave the groups of those who look and act."""

    def applies(self) -> bool:
        return self.context.machine.is_root

    def _leaving(self) -> list[tuple[str, str, str]]:
        """Who leaves a group: the account, what it may not do any more (empty: nothing), and the group."""
        answers, look = self.context.answers, looking(self.context)
        named = [("look", LOOKING_GROUP, look)]
        if "act" in answers:
            named.append(("act", ACTING_GROUP, [*Rights(self.context).acting]))
        all_act = answers.get("act") == ALL
        return [
            (name, "" if may == "act" and all_act and name in look else may, group)
            for may, group, stay in named
            for name in self.context.machine.members(group) or ()
            if name not in {*stay, self.context.account}
        ]

    def is_done(self) -> bool:
        return not self._leaving()

    def describe(self) -> Description:
        lines = (
            f"{name} {f'may not {may} any more' if may else 'acts as all who may look'}: gpasswd -d {name} {group}"
            for name, may, group in self._leaving()
        )
        text = "Take rights away" if self._losing() else f"Empty the group {ACTING_GROUP}: nobody loses a right"
        return Description(text, tuple(lines))

    def _losing(self) -> list[str]:
        """The accounts that lose a right."""
        return [*dict.fromkeys(name for name, may, _ in self._leaving() if may)]

    def warnings(self) -> list[str]:
        names = self._losing()
        if not names:
            return []
        end = f"loginctl terminate-user {' '.join(names)}"
        if not self.context.findings.has_systemd:
            end = f"pkill -HUP -u {','.join(names)}"
        return [
            *ssh.about_leaving([name for name, may, _ in self._leaving() if may == "look"]),
            "What is open in a session keeps its rights until it ends. This ends it:",
            f"    sudo {end}",
        ]

    def do(self) -> str:
        for name, _, group in self._leaving():
            self.context.machine.do("gpasswd", "-d", name, group)
        return ""


class MakeDirectory(Step):
    """The directory of the database."""

    def is_done(self) -> bool:
        return self.database.parent.is_dir()

    def describe(self) -> Description:
        if not self.context.machine.is_root:
            return Description(f"Make the directory {self.database.parent}")
        rights = Rights(self.context)
        owners = f"{self.context.account}, group {rights.group}, mode {rights.directory_mode:o}"
        return Description(f"Make the directory {self.database.parent}", (owners,))

    def do(self) -> str:
        folder = self.database.parent
        self.kept.made += [str(each) for each in directory_steps.missing(folder)]
        self.kept.save()  # before it is made: whoever breaks it off may leave it empty
        if self.context.machine.is_root:
            rights = Rights(self.context)
            owners = ["-o", self.context.account, "-g", rights.group, "-m", f"{rights.directory_mode:o}"]
            self.context.machine.do("install", "-d", *owners, str(folder))
            return ""
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise CcmonError(os_error(f"{folder} cannot be made", error)) from error
        return ""


class WriteSettings(Step):
    """The settings file names the database, where without it another one would be taken."""

    def applies(self) -> bool:
        is_default = self.database == settings.default_database() and self.context.findings.database in {
            None,
            self.database,
        }
        return self.context.machine.is_root or not is_default

    def _changed(self) -> tuple[SettingsFile, list[SettingChange]]:
        file = SettingsFile(file_to_change(site=self.context.machine.is_root))
        return file, file.change([RequestedChange(("database",), str(self.database))])

    def is_done(self) -> bool:
        _, differences = self._changed()
        return not differences

    def describe(self) -> Description:
        file, differences = self._changed()
        lines = (str(replace(each, file=None)) for each in differences)
        details = (*lines, *self._of_sshd(), *place.other_settings(self.context))
        return Description(f"Write {file.path}", details)

    def _of_sshd(self) -> Iterator[str]:
        """Which lines of sshd's configuration send people to the database so far; the end says what they must be."""
        if self.context.database_so_far is not None:
            named = ssh.lines_for(self.context.machine, self.context.database_so_far)  # which the warning names, too
            for each in ssh.sent_elsewhere(self.context.machine, self.database):
                if not set(each.places) <= set(named):
                    yield (
                        f"sshd sends {screen.first_names(each.names)} to {each.database} until you change "
                        f"{' and '.join(each.places)}: the end says how"
                    )

    def warnings(self) -> list[str]:
        return [
            *moved_settings.about_weighty(place.different_settings(self.context)),
            *place.about_leaving(self.context),
            *place.about_own_databases(self.context, looking(self.context)),
        ]

    def is_weighty(self) -> bool:
        return bool(moved_settings.about_weighty(place.different_settings(self.context)))

    def warnings_at_end(self, planned: list[str]) -> list[str]:
        """What is said of the database that is left is looked at again; what was to be weighed before is done."""
        before = place.about_leaving(self.context, at_end=True)
        return [*before, *place.about_own_databases(self.context, looking(self.context))]

    def instead(self) -> list[str]:
        return place.taking_along(self.context)

    def do(self) -> str:
        file, _ = self._changed()
        file.save()
        return ""


def _in_words(act: str) -> str:
    """An answer to who may act."""
    return "all who may look" if act == ALL else act.replace(",", ", ")


class GiveRights(Step):
    """Owner, group and mode of the database and of what SQLite keeps beside it.

    What somebody has set up by hand stays, and so does a directory that holds other things.
    """

    def applies(self) -> bool:
        return self.context.gives_rights

    def _folders(self) -> list[Path]:
        folder = self.database.parent
        return [folder] if is_of_its_own(folder, self.database.name, self.context.account) else []

    def _files(self) -> list[Path]:
        names = ("", "-wal", "-shm")
        return [path for path in (Path(f"{self.database}{name}") for name in names) if path.exists()]

    def _locks(self) -> list[Path]:
        """The locks of sources: who may open one can hold it, and keep the follower from starting."""
        return lock_files(self.database)

    def _password(self) -> Path | None:
        """The file with the switch's password, if the follower reads it itself; to a service, systemd hands it over."""
        context = self.context
        if not context.source.has_password or context.answers.get("service") == YES:
            return None
        path = Path(context.answers["password_file"])
        return path if path.parent == passwords.place(context).parent else None

    def is_done(self) -> bool:
        if not self.database.exists():
            return False
        password = self._password()
        if password is not None and owner_of(password) != self.context.account:
            return False
        return self._first_without() is None

    def _first_without(self) -> Path | None:
        """The first file or directory whose rights are not those that it is to have."""
        rights, account, looking = (
            Rights(self.context),
            self.context.account,
            self.context.machine.group_number(LOOKING_GROUP),
        )
        for path in (*self._folders(), self.database):
            if owner_of(path) != account:
                return path
        for path in self._files():  # a person who may act makes what SQLite keeps beside it, too
            if owner_of(path) != account and not rights.file_mode & 0o020:
                return path
        for lock in self._locks():
            if not self._has(lock, rights.lock_mode) or access_list.has_list(lock):
                return lock
        modes = ((self._folders(), rights.directory_mode), (self._files(), rights.file_mode))
        for path, mode in ((path, mode) for paths, mode in modes for path in paths):
            if not self._has(path, mode) or not rights.are_listed(path, looking):
                return path
        return None

    def _has(self, path: Path, mode: int) -> bool:
        return path.stat().st_mode & 0o7777 == mode and group_of(path) == Rights(self.context).group

    def check(self) -> None:
        if Rights(self.context).acting:
            require_access_lists(self.context)

    def describe(self) -> Description:
        rights = Rights(self.context)
        if rights.acting:
            others = [name for name in looking(self.context) if name not in rights.acting]
            who = (
                f"{ACTING_GROUP} ({screen.first_names(rights.acting)}) may act, "
                f"{LOOKING_GROUP} ({screen.first_names(others)}) may look"
            )
        else:
            names = screen.first_names(looking(self.context))
            group = f"{LOOKING_GROUP} ({names})" if names else LOOKING_GROUP
            who = f"{group} may {'look' if rights.file_mode == 0o640 else 'look and act'}"
        modes = f"directory {rights.directory_mode:o}, database {rights.file_mode:o}"
        details = (modes, *self._change_of_acting())
        return Description(f"Give {self.database} to {self.context.account}: {who}", details)

    def _change_of_acting(self) -> Iterator[str]:
        """Who may act before and after, where that changes for a site that is there."""
        before, after = question("act").default(self.context.without_answers()), self.context.answers.get("act")
        if self.context.in_force is not None and before is not None and after is not None and before != after:
            yield f"may act: {_in_words(before)} → {_in_words(after)}"

    def do(self) -> str:
        machine, rights = self.context.machine, Rights(self.context)
        password = self._password()
        if password is not None:
            machine.do("chown", self.context.account, str(password))
        folders, files = [str(folder) for folder in self._folders()], [str(file) for file in self._files()]
        locks = [str(lock) for lock in self._locks()]
        # Before they change hands, nobody gets a right who is not to have it, and nobody loses one who is: whoever
        # breaks it off leaves what can be worked with.
        for lock in locks:
            machine.do("chmod", f"{Path(lock).stat().st_mode & rights.lock_mode:o}", lock)
            if machine.has_access_lists:
                machine.do("setfacl", "-b", lock)
        if rights.acting:
            machine.do("setfacl", "-n", "-m", f"g:{LOOKING_GROUP}:rX", *folders, *files)
        beside = [str(path) for path in sorted(self.database.parent.glob(f"{self.database.name}*"))]
        machine.do("chown", "--no-dereference", f"{self.context.account}:{rights.group}", *folders, *beside)
        if locks and rights.lock_mode != 0o600:  # before the database: whoever may write it needs them
            machine.do("chmod", f"{rights.lock_mode:o}", *locks)
        if not rights.acting and machine.has_access_lists:
            machine.do("setfacl", "-b", *folders, *files)  # before the modes, which would limit the list alone
        for folder in folders:
            machine.do("chmod", f"{rights.directory_mode:o}", folder)
        machine.do("chmod", f"{rights.file_mode:o}", *files)
        if rights.acting:
            for folder in folders:
                machine.do("setfacl", "-m", list_of_directory(), folder)
            machine.do("setfacl", "-m", list_of_file(), *files)
        self._read_back()
        return ""

    def _read_back(self) -> None:
        if self.context.machine.root != Path("/"):  # a made-up machine, on which commands are only noted
            return
        path = self._first_without()
        if path is not None:
            raise CcmonError(
                f"{path} has not got these rights: another program changes them, or its file system keeps none; "
                f"ls -ld {path} and getfacl {path} show those that it has."
            )
