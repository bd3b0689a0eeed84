"""The command line. The most frequent commands run without Typer (`direct`), all others with it."""

from __future__ import annotations

import _signal as signal  # type: ignore[import-not-found] # signal makes three enumerations
import os
import sys
from contextlib import suppress
from functools import partial

from ccmon.cli import direct
from ccmon.errors import CcmonError, NeedsFollowerError, NoRightError, UsageError

_AS_NEAR = 0.1
"""An option that is less alike a wrong one than the nearest, by this much, was not meant."""
OF_ALL_COMMANDS = {"-h", "--help", "--version", "--install-completion", "--show-completion"}
"""Options that need no command."""
left_open: list[object] = []
"""Where a command puts what it need not close, if the process ends at once."""
_own_process = False


def ends_at_once() -> bool:
    """Whether the process ends right after the command, without freeing all objects, which would only take time.

    Not with Typer or an event loop, which may leave something to do at the end of Python.
    """
    return _own_process and sys.modules.keys().isdisjoint({"typer", "asyncio"})


def main(*, own_process: bool = False) -> None:
    """Run the command line: errors become one line on standard error and exit status 1, wrong usage 2.

    Args:
        own_process: whether the process was started only for this, and may be ended at once.
    """
    global _own_process  # noqa: PLW0603 (known to the process that this was started for)
    _own_process = own_process
    ended = _run()
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # all is done: Python need not report where it was interrupted
    if ends_at_once():
        with suppress(OSError, ValueError):  # what cannot be written is Python's to report
            for stream in filter(None, (sys.stdout, sys.stderr)):
                stream.flush()
            os._exit(ended)
    sys.exit(ended)


def _run() -> int:
    if sys.stdout is None:  # closed by whoever started us
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115 (no pathlib at each start)
    try:
        arguments = _with_command(sys.argv[1:])
        command = direct.command(arguments) if arguments else None
        if command is None:
            from ccmon.cli import typer_app

            command = partial(typer_app.run, arguments)
        # All is loaded: from here on an interruption may leave something to clean up.
        if signal.getsignal(signal.SIGINT) is signal.SIG_DFL:
            signal.signal(signal.SIGINT, signal.default_int_handler)
        status = command()
        sys.stdout.flush()
    except CcmonError as error:
        return say(_with_remedy(error), 2 if isinstance(error, UsageError) else 1)
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        _forget_output()
        return 1
    except Exception as error:  # the last resort: never show a traceback
        return _explain(error)
    return status if isinstance(status, int) else 0


def _with_remedy(error: CcmonError) -> str:
    """The sentence of an error, with what this machine's services and groups say about the remedy."""
    if isinstance(error, NeedsFollowerError):
        from ccmon.services.installed import with_start_command

        return str(with_start_command(error))
    if isinstance(error, NoRightError):
        from ccmon.new_login import hint

        return f"{error}{hint(error.path, to_write=error.to_write)}"
    return str(error)


def _with_command(arguments: list[str]) -> list[str]:
    """The arguments, the command first: ``monitor`` where none is named. ``--db PATH`` may stand before the command."""
    if "_CCMON_COMPLETE" in os.environ:  # a shell asks which words may follow those in another variable
        return []
    before = 0
    if arguments[:1] == ["--db"]:
        before = 2
    elif arguments and arguments[0].startswith("--db="):
        before = 1
    if before and len(arguments) > before and not arguments[before].startswith("-"):
        return [*arguments[before:], *arguments[:before]]
    if not arguments or (arguments[0].startswith("-") and arguments[0] not in OF_ALL_COMMANDS):
        return ["monitor", *arguments]
    return arguments


def _explain(error: Exception) -> int:
    """Explain an error that no command has explained; Typer explains wrong usage."""
    message = getattr(error, "format_message", None)
    if message is not None:
        text = message()
        if text.startswith("Usage:"):  # a group without a command: its whole help
            _write_error(text)
            return int(getattr(error, "exit_code", 2))
        text = _all_missing(error) or _no_such_option(error) or text
        path, is_unreadable, _ = text.removesuffix(".").partition("' is not readable")
        if is_unreadable:
            path = path.partition("'")[2].rpartition(" '")[2]
            return say(f"{path} cannot be read: this user has no right to it; give the user the right to read it.")
        context = getattr(error, "ctx", None)
        from ccmon.cli.usage import in_plain_words

        help_hint = f" Try: {context.command_path} --help" if context is not None else ""
        # Only the scheme of a server's address is repeated: the rest may hold a password.
        said, scheme, _ = in_plain_words(text).partition("://")
        return say(
            f"{said}{scheme}{'...' if scheme else ''}{_what_is_asked(error)}{help_hint}", getattr(error, "exit_code", 2)
        )
    if os.environ.get("CCMON_DEBUG"):
        import traceback

        traceback.print_exception(error)
    if isinstance(error, OSError) and error.strerror:
        from ccmon.errors import os_error

        return say(os_error(error.filename or "this cannot be done", error))
    return say(
        f"this should not happen ({type(error).__name__}: {error}); please report it with what CCMON_DEBUG=1 shows."
    )


def _what_is_asked(error: Exception) -> str:
    """What an option that must be given one of a few words asks for, where it alone is missing or has another word."""
    parameter = getattr(error, "param", None)
    is_asked = parameter is not None and parameter.required and hasattr(parameter.type, "choices")
    return f" {parameter.help}" if parameter is not None and is_asked and _all_missing(error) is None else ""


def _no_such_option(error: Exception) -> str | None:
    """The sentence about an option that is none, with the nearest ones alone; None: it is another error."""
    name, known = (getattr(error, each, None) for each in ("option_name", "possibilities"))
    if name is None or not known:
        return None
    from difflib import SequenceMatcher

    alike = {each: SequenceMatcher(None, name, each).ratio() for each in known}
    near = [each for each in known if alike[each] > max(alike.values()) - _AS_NEAR]
    return f"No such option: {name}; did you mean {' or '.join(near)}?"


def _all_missing(error: Exception) -> str | None:
    """What a command lacks, if it lacks several things: Typer names the first, after it has read all that was given."""
    context, parameter = getattr(error, "ctx", None), getattr(error, "param", None)
    if type(error).__name__ != "MissingParameter" or context is None or parameter is None:
        return None
    missing = [each for each in context.command.params if each.required and each.name not in context.params]
    if len(missing) < 2:
        return None
    named = [each.metavar or each.name if each.param_type_name == "argument" else each.opts[0] for each in missing]
    words = [
        f"{name} ({' or '.join(each.type.choices)})" if hasattr(each.type, "choices") else name
        for name, each in zip(named, missing, strict=True)
    ]
    return f"Missing {', '.join(words[:-1])} and {words[-1]}."


def say(sentence: str, exit_status: int = 1) -> int:
    """Print a sentence for a person, harmless: parts of it may come from a file or a switch.

    It is one line, except on a terminal that is narrower. Returns the given exit status.
    """
    if _is_check(sys.argv[1:]):
        from ccmon.cli.run_check import say_unknown

        return say_unknown(sentence)
    if sys.stderr is not None:
        from ccmon.cli.sentences import fitted
        from ccmon.formatting import plain

        _write_error(fitted(f"ccmon: {' '.join(map(plain, sentence.split()))}", sys.stderr))
    return exit_status


def _is_check(words: list[str]) -> bool:
    """Whether a monitoring system runs ``ccmon status --check``: it reads standard output, and takes 2 for critical."""
    return "status" in words and any(word.partition("=")[0] == "--check" for word in words)


def _write_error(text: str) -> None:
    if sys.stderr is not None:  # closed by whoever started us: the exit status must do
        sys.stderr.write(f"{text}\n")


def _forget_output() -> None:
    """The reader of our output is gone: make sure that nothing tries to flush it at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
