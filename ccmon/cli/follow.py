"""``ccmon follow``: a switch's news into the call database, live, until stopped."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ccmon.cli import app, say
from ccmon.cli.import_ import EncodingOption, QueuesConfOption, SourceOption
from ccmon.cli.options import DatabaseOption, database_path

follow_app = typer.Typer(help="Follow a switch live until stopped.", no_args_is_help=True)
app.add_typer(follow_app, name="follow")


@follow_app.command("queue-log")
def follow_queue_log(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Asterisk's queue log; it need not be there yet.")],
    db: DatabaseOption = None,
    source: SourceOption = "queue-log",
    queues_conf: QueuesConfOption = None,
    encoding: EncodingOption = "utf-8",
) -> None:
    """Follow an Asterisk queue log, through rotation and restarts; Ctrl-C or SIGTERM ends it."""
    from ccmon.sources.queue_log.follow import Follower
    from ccmon.sources.queue_log.members import read_members

    members = read_members(queues_conf) if queues_conf is not None else None
    path = database_path(db)
    follower = Follower(path, file, source=source, say=say, encoding=encoding, members=members)
    with follower.stopping.on_signals():
        say(f'following {file} into {path} as source "{source}"; Ctrl-C stops.')
        follower.run()
