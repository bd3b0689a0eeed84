"""What the command ``ccmon`` and ``python -m ccmon`` run."""

from __future__ import annotations

import gc
import signal


def main() -> None:
    """Load the command line and run it.

    Loading takes a while in which nothing has begun yet: Ctrl-C ends the process at once then, without a traceback, and
    the garbage collector, which would walk through all that is loaded, again and again, waits until a command runs.
    """
    gc.disable()
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from ccmon import cli

    cli.main(own_process=True)


if __name__ == "__main__":
    main()
