"""Every key of the monitor, once: bindings, line of keys, help screen and docs/keys.md are all made from this.

A person may give actions other keys, in the table ``[keys]`` of their settings: `mapped_keys`.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from ccmon.errors import CcmonError
from ccmon.model.alarm_history import AlarmActKind


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
        """The keys as a person reads them; some work without being shown."""
        shown = [key for key in self.keys if key not in SILENT_KEYS] or self.keys
        return " ".join(map(key_name, shown))

    @property
    def first(self) -> str:
        """The one to name where there is room for one."""
        return self.shown.split()[0]


KEY_NAMES = {
    "escape": "Esc", "tab": "Tab", "shift+tab": "Shift+Tab", "up": "↑", "down": "↓", "left": "←", "right": "→",
    "pageup": "PgUp", "pagedown": "PgDn", "space": "Space", "home": "Home", "end": "End", "enter": "Enter",
    "insert": "Ins", "delete": "Del", "backspace": "Backspace",
}  # fmt: skip
"""What a person calls keys that write nothing."""
SILENT_KEYS = frozenset({"ctrl+b", "ctrl+f", "ctrl+q", "f1"})
"""Keys of an action that has others: they work without being shown."""
FIXED_KEY = "ctrl+c"
"""It always quits, whatever a person maps."""
_FURTHER_NAMES = {"esc": "escape", "pgup": "pageup", "pgdn": "pagedown", "ins": "insert", "del": "delete",
                  "return": "enter"}  # fmt: skip
_SHORT_NAMES = {"solidus": "slash", "reverse_solidus": "backslash", "commercial_at": "at", "hyphen_minus": "minus",
                "plus_sign": "plus", "low_line": "underscore"}  # fmt: skip
"""Characters that Textual calls by other names than Unicode."""
_SAME_IN_TERMINALS = {"ctrl+i": "Tab", "ctrl+m": "Enter", "ctrl+h": "Backspace", "ctrl+j": "Enter"}
_FUNCTION_KEYS = frozenset(f"f{number}" for number in range(1, 13))


def key_name(key: str) -> str:
    """What a person calls a key that Textual names so."""
    if key in KEY_NAMES:
        return KEY_NAMES[key]
    if len(key) == 1:
        return key
    if key in _FUNCTION_KEYS:
        return key.upper()
    if key.startswith("ctrl+"):
        return f"Ctrl+{key.removeprefix('ctrl+').upper()}"
    import string  # noqa: PLC0415 - for the few keys that are no letters
    import unicodedata  # noqa: PLC0415

    found = next((character for character in string.punctuation if _textual_name(character) == key), None)
    return found or unicodedata.lookup(key.replace("_", " "))


def _textual_name(character: str) -> str:
    """What Textual calls a character that is no letter or digit; with a hyphen, if its name cannot be read back."""
    import unicodedata  # noqa: PLC0415 - for the few keys that are no letters

    name = unicodedata.name(character, "-").lower().replace(" ", "_")
    name = name.replace("-", "_") if character.isascii() else name
    return _SHORT_NAMES.get(name, name)


def key_named(text: str) -> str | None:
    """The key that a person calls so, as Textual names it; None: there is none."""
    if len(text) == 1 and text.isprintable() and not text.isspace() and text not in KEY_NAMES.values():
        if text.isalnum():
            return text
        name = _textual_name(text)
        return name if text.isascii() or "-" not in name else None
    lower = text.casefold()
    names = {name.casefold(): key for key, name in KEY_NAMES.items()}
    key = names.get(lower) or _FURTHER_NAMES.get(lower, lower)
    is_with_ctrl = len(key) == len("ctrl+x") and key.startswith("ctrl+") and "a" <= key[-1] <= "z"
    return key if key in KEY_NAMES or key in _FUNCTION_KEYS or is_with_ctrl else None


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
    Key("details", ("enter",), "details",
        "Everything about the row; there, v: further views, Enter: what a line is about", "details"),
    Key("proof", ("equals_sign",), "proof",
        "How a figure of the row, or of the head, comes about, and the calls behind it"),
    Key("done", ("d",), "act('done')", "The chosen follow-up is done or cancelled: say how it ended",
        "done", acts=True),
    Key("move", ("m",), "act('move')", "Move the chosen follow-up, by the customer's wish or the agent's",
        "move", acts=True),
    Key("hand_over", ("h",), "act('hand_over')", "Hand the chosen follow-up to another agent", "hand over", acts=True),
    Key("add", ("n",), "promise(False)",
        "Promise a call to the chosen customer: lost, unhappy, unresolved, one-time buyer, with a problem", "promise",
        acts=True),
    Key("add_all", ("N",), "promise(True)", "Promise a call to all customers of the list", acts=True),
    Key("undo", ("U",), "undo", "Undo what you did last to a follow-up, for a minute after it", "undo", acts=True),
    Key("sort", ("s",), "screen.sort(1)", "Sort by the next column; after the last, in the panel's own order",
        "sort"),
    Key("sort_back", ("S",), "screen.sort(-1)", "Sort by the column before"),
    Key("reverse", ("r",), "screen.reverse", "Reverse the order"),
    Key("window", ("i",), "window",
        "Count the calls of queues since 15, 30 or 60 minutes, since opening, or today"),
    Key("columns", ("C",), "columns", "Choose the columns of the panel: hidden, always, or as there is room"),
    Key("saved_views", ("w",), "views", "Save what is set on the screen under a name, show it again, or remove it"),
    Key("filter", ("f",), "filter", "Show only one queue, team or client", "filter"),
    Key("filter_queue", ("u",), "filter('queue')", "Show only one queue"),
    Key("filter_team", ("t",), "filter('team')", "Show only one team"),
    Key("filter_client", ("c",), "filter('client')", "Show only one client"),
    Key("unfilter", ("x",), "unfilter", "Show everything again"),
    Key("search", ("slash",), "search", "Search agents by name, login or team", "search"),
    Key("alarms", ("a",), "alarm('alarms')", "All alarms, the worst first: take one on, or go to what it is about",
        "alarms"),
    Key("alarm_worst", ("A",), "alarm('worst')",
        "The worst alarm: who could take the callers that wait, or the row that it is about"),
    Key("alarm_have", ("p",), "alarm('alarm_have')",
        "I have it: take on the alarm about the row, or one of the list; every screen shows who", "have it", acts=True),
    Key("alarm_quiet", ("z",), "alarm('alarm_quiet')",
        "Hear no more of the alarm for 15, 30 or 60 minutes, or to the end of the shift", "quiet", acts=True),
    Key("alarm_release", ("P",), "alarm('alarm_release')", "Give the alarm back, or end its quiet", "release",
        acts=True),
    Key("alarm_log", ("l",), "alarm('alarm_log')", "The log of today's alarms: from, until, who had it, how it ended",
        "log"),
    Key("report", ("e",), "report", "Write the report of the day, of what is shown, to a file to print or mail"),
    Key("palette", ("ctrl+p", "colon"), "palette", "Find a key, a panel or a figure by a word"),
    Key("help", ("question_mark", "f1"), "help", "What the keys do and what every figure means", "help"),
    Key("quit", ("q", "ctrl+c", "ctrl+q"), "quit", "Quit", "quit"),
)  # fmt: skip
UNDO = "undo"
"""The id of the key that applies for one minute only, whatever row is chosen."""
PROMISE_TO_ALL = "add_all"
PROMISING = frozenset({"add", PROMISE_TO_ALL})
"""The ids of the keys that apply to customers, not to follow-ups."""
ALARM_LIST, ALARM_LOG = "alarms", "alarm_log"
"""The ids of the keys that show alarms."""
ALARM_ACTS: Mapping[str, AlarmActKind] = {
    "alarm_have": AlarmActKind.HAVE,
    "alarm_quiet": AlarmActKind.QUIET,
    "alarm_release": AlarmActKind.RELEASE,
}
"""The ids of the keys that act on an alarm."""


def keys_for(keys: Sequence[Key], *, read_only: bool) -> tuple[Key, ...]:
    """The keys of a monitor, all of them or those that change nothing."""
    return tuple(key for key in keys if not (key.acts and read_only))


def key_of(keys: Sequence[Key], action: str) -> Key:
    """The key of an action, by its id."""
    return next(key for key in keys if key.id == action)


class KeyChoice(Struct, frozen=True):
    """The keys that a person gives to an action."""

    text: str
    """The keys as a person writes them, with spaces between them."""
    where: str
    """The file that says so; empty: none yet."""


def mapped_keys(choices: Mapping[str, KeyChoice]) -> tuple[Key, ...]:
    """All keys, those of some actions as a person has chosen them.

    Args:
        choices: by the id of the action.

    Raises:
        CcmonError: there is no such action or key, or a key would start two actions; the sentence names the file.
    """
    if not choices:
        return KEYS
    known = {key.id: key for key in KEYS}
    for action, choice in choices.items():
        place = f"{choice.where}: " if choice.where else ""
        if action not in known:
            from ccmon.spelling import suggestion  # noqa: PLC0415 - for a wrong name alone

            raise CcmonError(f"{place}there is no action {action!r} for a key; {suggestion(action, known)}")
        known[action] = replace(known[action], keys=_chosen(action, choice.text, place))
    actions: dict[str, str] = {}
    for key in known.values():
        for name in key.keys:
            if name in actions:
                pair = actions[name], key.id
                place = next(
                    (f"{choices[each].where}: " for each in pair if each in choices and choices[each].where), ""
                )
                raise CcmonError(
                    f"{place}{key_name(name)} would be the key of both {pair[0]} and {pair[1]}: give one of them "
                    "another."
                )
            actions[name] = key.id
    return tuple(known.values())


def _chosen(action: str, text: str, place: str) -> tuple[str, ...]:
    """The keys in a text, as Textual names them."""
    found: dict[str, None] = {}
    for word in text.split():
        key = key_named(word)
        if key is None:
            raise CcmonError(
                f"{place}keys.{action} cannot be {word!r}, which is no key; write a character, F1 to F12, Ctrl+A or a "
                f"name such as {', '.join(('Esc', 'Tab', 'PgDn', 'Space'))}."
            )
        if key in _SAME_IN_TERMINALS:
            raise CcmonError(f"{place}keys.{action} cannot be {word}: terminals take it for {_SAME_IN_TERMINALS[key]}.")
        found[key] = None
    if not found:
        raise CcmonError(f"{place}keys.{action} names no key; leave it out, and the usual ones hold.")
    if action == "quit":
        found[FIXED_KEY] = None
    return tuple(found)


MOVING = frozenset({"up", "down", "page_up", "page_down", "first", "last"})
"""The actions that move in dialogs, too."""


def moving_keys(keys: Sequence[Key]) -> dict[str, str]:
    """By each key that moves: the usual one that moves like it."""
    usual = {key.id: key.keys[0] for key in KEYS if key.id in MOVING}
    return {name: usual[key.id] for key in keys if key.id in MOVING for name in key.keys}


def keys_for_a_follow_up(keys: Sequence[Key], *, undoing: bool = False) -> dict[str, tuple[str, str]]:
    """Word and id of the keys that act on a follow-up being viewed, by the key as a person reads it."""
    acting = (key for key in keys if key.acts and key.id not in {*PROMISING, *ALARM_ACTS})
    return {key.shown: (key.short, key.id) for key in acting if undoing or key.id != UNDO}


def shown_in_line(
    keys: Sequence[Key] = KEYS,
    *,
    follow_up_chosen: bool = False,
    customer_chosen: bool = False,
    alarm_chosen: bool = False,
    undoing: bool = False,
    tabs: bool = False,
    rows: bool = True,
) -> tuple[tuple[str, str], ...]:
    """Keys and words of the line of keys. Those for a chosen follow-up and for the tabs come early where they apply."""
    applies = {UNDO: undoing, "view": tabs, "details": rows, **dict.fromkeys(PROMISING, customer_chosen)}
    applies |= {"alarm_have": alarm_chosen, "alarm_quiet": alarm_chosen, "alarm_release": False, ALARM_LOG: False}
    shown = [key for key in keys if key.short and applies.get(key.id, follow_up_chosen or not key.acts)]
    shown.sort(key=lambda key: (key.id != "panel.queue", key.id != UNDO, not key.acts, key.id != "view"))
    return tuple((_panel_keys(keys) if key.id == "panel.queue" else key.first, key.short) for key in shown)


def _panel_keys(keys: Sequence[Key]) -> str:
    """The keys of all panels in short; where they are not the digits, the first of them."""
    of_panels = [key for key in keys if key.id.startswith("panel.")]
    return "1-9" if all(key.keys == (str(place),) for place, key in enumerate(of_panels, 1)) else of_panels[0].first


def markdown() -> str:
    """docs/keys.md."""
    rows = "\n".join(f"| `{'` `'.join(key.shown.split())}` | {key.help} | `{key.id}` |" for key in KEYS)
    acts = ", ".join(f"`{key.shown}`" for key in KEYS if key.acts and key.id not in ALARM_ACTS)
    alarm_acts = ", ".join(f"`{key.shown}`" for key in KEYS if key.id in ALARM_ACTS)
    return (
        "# Keys of the monitor\n\n"
        "Made from the table in `ccmon/views/keys.py` by `python -m ccmon.views.keys`; a test compares the two.\n\n"
        "| key | what it does | id |\n|---|---|---|\n"
        f"{rows}\n\n"
        f"{acts} change a follow-up in the database; each change is kept in the table `audit` with who made it and "
        "when, what was undone too. What somebody else has changed since is not undone. "
        f"{alarm_acts} act on an alarm, as `ccmon alarms` does ([alarms.md](alarms.md)): on that about the chosen row, "
        "or on the one chosen in the list. A monitor that was started with `--read-only` does not have them.\n\n"
        "Each action can have other keys, in the table `[keys]` of "
        "[the settings](administration.md#install), by its id:\n\n"
        '```toml\n[keys]\nsort = "o"\nsort_back = "O"\n"panel.agents" = "F2 2"\n```\n\n'
        "or by `ccmon config set keys.sort o`; `ccmon config show keys` lists all. They take the place of those above. "
        "A key is a character, `F1` to `F12`, `Ctrl+A` to `Ctrl+Z` or one of "
        f"{', '.join(f'`{name}`' for name in KEY_NAMES.values())}; several have a space between them. No key can have "
        "two actions. The line of keys, the help and the palette show keys as they are mapped. `Ctrl+C` always quits, "
        "and in dialogs `Esc` always closes, and the arrows move.\n\n"
        "With `--mouse`: a click chooses a row, another one shows its details; a click on the head of a column sorts, "
        "another one reverses the order; on the name of a panel, or its card, it opens the panel, and on the name of a "
        "view it shows it; on the worst alarm it does what `A` does; on the number of alarms, on a filter in the top "
        "line and on a key below it does what the key does. In dialogs a click takes a choice, in lists of alarms one "
        "chooses a row and another one opens it, and one beside the dialog closes it. The wheel scrolls.\n"
    )


if __name__ == "__main__":
    sys.stdout.write(markdown())
