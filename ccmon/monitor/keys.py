"""Every key of the monitor, once: bindings, line of keys, help screen and docs/keys.md are all made from here."""

from __future__ import annotations

import sys
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Key:
    """One action and the keys that start it."""

    id: str
    """Stable name, by which a site may bind other keys."""
    keys: tuple[str, ...]
    """As Textual names them."""
    shown: str
    """As a person reads them."""
    action: str
    """The action of the program, with its argument."""
    help: str
    """What it does, for help, palette and docs."""
    short: str = ""
    """A word or two for the line of keys; empty: not shown there."""


KEYS: tuple[Key, ...] = (
    Key("panel.queue", ("1",), "1", "panel(1)", "Queue to the front at full size; again: back", "panel"),
    Key("panel.agents", ("2",), "2", "panel(2)", "Agents to the front at full size; again: back"),
    Key("panel.conversion", ("3",), "3", "panel(3)", "Conversion to the front at full size; again: back"),
    Key("panel.handling", ("4",), "4", "panel(4)", "Handling to the front at full size; again: back"),
    Key("panel.follow_ups", ("5",), "5", "panel(5)", "Follow-ups to the front at full size; again: back"),
    Key("back", ("escape",), "Esc", "back", "Back: close what is open, let go of the row, end the search"),
    Key(
        "next",
        ("tab",),
        "Tab",
        "next_panel(1)",
        "Next panel: the keys below work on the panel with the bright frame",
        "next",
    ),
    Key("previous", ("shift+tab",), "Shift+Tab", "next_panel(-1)", "Previous panel"),
    Key("up", ("up", "k"), "↑ k", "move(-1)", "Row above"),
    Key("down", ("down", "j"), "↓ j", "move(1)", "Row below"),
    Key("page_up", ("pageup", "ctrl+b"), "PgUp", "page(-1)", "A page up"),
    Key("page_down", ("pagedown", "ctrl+f", "space"), "PgDn Space", "page(1)", "A page down"),
    Key("first", ("home", "g"), "Home g", "edge(-1)", "First row"),
    Key("last", ("end", "G"), "End G", "edge(1)", "Last row"),
    Key("details", ("enter",), "Enter", "details", "Everything about the row", "details"),
    Key(
        "sort", ("s",), "s", "sort(1)", "Sort by the next column; after the last one, as the panel itself does", "sort"
    ),
    Key("sort_back", ("S",), "S", "sort(-1)", "Sort by the column before"),
    Key("reverse", ("r",), "r", "reverse", "Reverse the order"),
    Key("filter", ("f",), "f", "filter", "Show only one queue, team or client", "filter"),
    Key("filter_queue", ("u",), "u", "filter('queue')", "Show only one queue"),
    Key("filter_team", ("t",), "t", "filter('team')", "Show only one team"),
    Key("filter_client", ("c",), "c", "filter('client')", "Show only one client"),
    Key("unfilter", ("x",), "x", "unfilter", "Show everything again"),
    Key("search", ("slash",), "/", "search", "Search agents by name, login or team", "search"),
    Key("alerts", ("a",), "a", "alerts", "All alerts, the worst first", "alerts"),
    Key("palette", ("ctrl+p", "colon"), "Ctrl+P :", "palette", "Find a key, a panel or a figure by a word"),
    Key("help", ("question_mark", "f1"), "?", "help", "What the keys do and what every figure means", "help"),
    Key("quit", ("q", "ctrl+c", "ctrl+q"), "q Ctrl+C", "quit", "Quit", "quit"),
)


def shown_in_line() -> tuple[tuple[str, str], ...]:
    """Keys and words of the line of keys."""
    return tuple(("1-5" if key.id == "panel.queue" else key.shown.split()[0], key.short) for key in KEYS if key.short)


def markdown() -> str:
    """docs/keys.md."""
    rows = "\n".join(f"| `{'` `'.join(key.shown.split())}` | {key.help} | `{key.id}` |" for key in KEYS)
    return (
        "# Keys of the monitor\n\n"
        "Made from the table in `ccmon/monitor/keys.py` by `python -m ccmon.monitor.keys`; a test compares the two.\n\n"
        "| key | what it does | id |\n|---|---|---|\n"
        f"{rows}\n\n"
        "With `--mouse`: a click chooses a panel and a row, another click its details; the wheel scrolls.\n"
    )


if __name__ == "__main__":
    sys.stdout.write(markdown())
