"""Every key of the monitor, once: bindings, line of keys, help screen and docs/keys.md are all made from this."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from msgspec import Struct


class Key(Struct, frozen=True):
    """One action and the keys that start it."""

    id: str
    """Stable name of what it does."""
    keys: tuple[str, ...]
    """As Textual names them."""
    action: str
    """The action of the program, or of the screen of panels, with its argument."""
    help: str
    """What it does, for help, palette and docs."""
    short: str = ""
    """A word or two for the line of keys; empty: not shown there."""
    acts: bool = False
    """Whether it changes something in the database: a read-only monitor does not have it."""

    @property
    def shown(self) -> str:
        """The keys as a person reads them; those without a name are not shown."""
        return " ".join(KEY_NAMES.get(key, key) for key in self.keys if key in KEY_NAMES or len(key) == 1)


KEY_NAMES = {
    "escape": "Esc", "tab": "Tab", "shift+tab": "Shift+Tab", "up": "↑", "down": "↓", "pageup": "PgUp",
    "pagedown": "PgDn", "space": "Space", "home": "Home", "end": "End", "enter": "Enter", "slash": "/",
    "ctrl+p": "Ctrl+P", "colon": ":", "question_mark": "?", "ctrl+c": "Ctrl+C",
}  # fmt: skip
"""What a person calls keys that are no letters or digits; Ctrl+B and its like work without being shown."""


KEYS: tuple[Key, ...] = (
    Key("panel.queue", ("1",), "screen.panel(1)", "Show Queue full screen; press again to return", "panel"),
    Key("panel.agents", ("2",), "screen.panel(2)", "Show Agents full screen; press again to return"),
    Key("panel.conversion", ("3",), "screen.panel(3)", "Show Conversion full screen; press again to return"),
    Key("panel.handling", ("4",), "screen.panel(4)", "Show Handling full screen; press again to return"),
    Key("panel.follow_ups", ("5",), "screen.panel(5)", "Show Follow-ups full screen; press again to return"),
    Key("panel.satisfaction", ("6",), "screen.panel(6)", "Show Satisfaction full screen; press again to return"),
    Key("panel.customers", ("7",), "screen.panel(7)", "Show Customers full screen; press again to return"),
    Key("panel.problems", ("8",), "screen.panel(8)", "Show Problems full screen; press again to return"),
    Key("panel.value", ("9",), "screen.panel(9)", "Show Value full screen; press again to return"),
    Key("view", ("v",), "screen.tab(1)", "The next view of the panel, such as by week, or as a cost centre", "view"),
    Key("view_back", ("V",), "screen.tab(-1)", "The view before"),
    Key("back", ("escape",), "screen.back", "Back: close what is open, let go of the row, end the search"),
    Key("next", ("tab",), "screen.next_panel(1)",
        "Next panel: the keys below work on the panel with the bright frame", "next"),
    Key("previous", ("shift+tab",), "screen.next_panel(-1)", "Previous panel"),
    Key("up", ("up", "k"), "screen.move(-1)", "Row above"),
    Key("down", ("down", "j"), "screen.move(1)", "Row below"),
    Key("page_up", ("pageup", "ctrl+b"), "screen.page(-1)", "A page up"),
    Key("page_down", ("pagedown", "ctrl+f", "space"), "screen.page(1)", "A page down"),
    Key("first", ("home", "g"), "screen.edge(-1)", "First row"),
    Key("last", ("end", "G"), "screen.edge(1)", "Last row"),
    Key("details", ("enter",), "details", "Everything about the row", "details"),
    Key("done", ("d",), "act('done')", "The chosen follow-up is done or cancelled: say how it ended",
        "done", acts=True),
    Key("move", ("m",), "act('move')", "Move the chosen follow-up, by the customer's wish or the agent's",
        "move", acts=True),
    Key("hand_over", ("h",), "act('hand_over')", "Hand the chosen follow-up to another agent", "hand over", acts=True),
    Key("undo", ("U",), "undo", "Undo what you did last to a follow-up, for a minute after it", "undo", acts=True),
    Key("sort", ("s",), "screen.sort(1)", "Sort by the next column; after the last, in the panel's own order",
        "sort"),
    Key("sort_back", ("S",), "screen.sort(-1)", "Sort by the column before"),
    Key("reverse", ("r",), "screen.reverse", "Reverse the order"),
    Key("filter", ("f",), "filter", "Show only one queue, team or client", "filter"),
    Key("filter_queue", ("u",), "filter('queue')", "Show only one queue"),
    Key("filter_team", ("t",), "filter('team')", "Show only one team"),
    Key("filter_client", ("c",), "filter('client')", "Show only one client"),
    Key("unfilter", ("x",), "unfilter", "Show everything again"),
    Key("search", ("slash",), "search", "Search agents by name, login or team", "search"),
    Key("alarms", ("a",), "alarms", "All alarms, the worst first", "alarms"),
    Key("report", ("e",), "report", "Write the report of the day, of what is shown, to a file to print or mail"),
    Key("palette", ("ctrl+p", "colon"), "palette", "Find a key, a panel or a figure by a word"),
    Key("help", ("question_mark", "f1"), "help", "What the keys do and what every figure means", "help"),
    Key("quit", ("q", "ctrl+c", "ctrl+q"), "quit", "Quit", "quit"),
)  # fmt: skip
KEYS_OF = {key.id: key.keys for key in KEYS}
"""The keys that start each action."""

UNDO = "undo"
"""The id of the key that applies for one minute only, whatever row is chosen."""


def keys_for(*, read_only: bool) -> tuple[Key, ...]:
    """The keys of a monitor, all of them or those that change nothing."""
    return tuple(key for key in KEYS if not (key.acts and read_only))


def keys_for_a_follow_up(keys: Sequence[Key], *, undoing: bool = False) -> dict[str, tuple[str, str]]:
    """Word and id of the keys that act on a follow-up being viewed, by the key as a person reads it."""
    return {key.shown: (key.short, key.id) for key in keys if key.acts and (undoing or key.id != UNDO)}


def shown_in_line(
    *, follow_up_chosen: bool = False, undoing: bool = False, tabs: bool = False, rows: bool = True
) -> tuple[tuple[str, str], ...]:
    """Keys and words of the line of keys. Those for a chosen follow-up and for the tabs come early where they apply."""
    applies = {UNDO: undoing, "view": tabs, "details": rows}
    shown = [key for key in KEYS if key.short and applies.get(key.id, follow_up_chosen or not key.acts)]
    shown.sort(key=lambda key: (key.id != "panel.queue", key.id != UNDO, not key.acts, key.id != "view"))
    return tuple(("1-9" if key.id == "panel.queue" else key.shown.split()[0], key.short) for key in shown)


def markdown() -> str:
    """docs/keys.md."""
    rows = "\n".join(f"| `{'` `'.join(key.shown.split())}` | {key.help} | `{key.id}` |" for key in KEYS)
    acts = ", ".join(f"`{key.shown}`" for key in KEYS if key.acts)
    return (
        "# Keys of the monitor\n\n"
        "Made from the table in `ccmon/views/keys.py` by `python -m ccmon.views.keys`; a test compares the two.\n\n"
        "| key | what it does | id |\n|---|---|---|\n"
        f"{rows}\n\n"
        f"{acts} change a follow-up in the database; each change is kept in the table `audit` with who made it and "
        "when, what was undone too. What somebody else has changed since is not undone. "
        "A monitor that was started with `--read-only` does not have them.\n\n"
        "With `--mouse`: a click chooses a panel and a row, another click its details; the wheel scrolls.\n"
    )


if __name__ == "__main__":
    sys.stdout.write(markdown())
