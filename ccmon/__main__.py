"""The entry point of the command ``ccmon`` and of ``python -m ccmon``."""

from __future__ import annotations

import _signal as signal  # type: ignore[import-not-found] # signal makes three enumerations
import gc


def main() -> None:
    """Load the command line and run it.

    Loading takes a while. Until a command runs, Ctrl-C ends the process at once, without a traceback, and the garbage
    collector is off, which would walk again and again through everything that is loaded.
    """
    gc.disable()
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from contextlib import suppress

    with suppress(ImportError):  # of a part of Python's import system; then Python finds our modules
        from ccmon.own_modules import install_finder

        install_finder()
    from ccmon import cli

    cli.main(own_process=True)


if __name__ == "__main__":
    main()
