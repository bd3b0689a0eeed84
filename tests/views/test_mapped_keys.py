"""Keys as a person maps them: what each is called, and what is refused."""

from __future__ import annotations

import string

import pytest
from textual.keys import _character_to_key

from ccmon.errors import CcmonError
from ccmon.views.chrome import keys_line
from ccmon.views.glyphs import UNICODE
from ccmon.views.keys import KEYS, KeyChoice, key_name, key_named, key_of, mapped_keys, moving_keys
from ccmon.views.modal_content import help_lines, palette_choices

FILE = "/etc/ccmon/settings.toml"


def keys_with(**choices: str) -> dict[str, KeyChoice]:
    return {action.replace("__", "."): KeyChoice(text, FILE) for action, text in choices.items()}


@pytest.mark.parametrize("character", [*string.printable[:94], "é", "€", "§"])
def test_a_character_is_the_key_that_textual_calls_so(character: str) -> None:
    key = key_named(character)
    assert key == _character_to_key(character)
    assert key_name(key) == character


@pytest.mark.parametrize(
    ("text", "key", "shown"),
    [
        ("Esc", "escape", "Esc"),
        ("pgdn", "pagedown", "PgDn"),
        ("PageDown", "pagedown", "PgDn"),
        ("↑", "up", "↑"),
        ("Up", "up", "↑"),
        ("F5", "f5", "F5"),
        ("f12", "f12", "F12"),
        ("ctrl+o", "ctrl+o", "Ctrl+O"),
        ("Shift+Tab", "shift+tab", "Shift+Tab"),
        ("Space", "space", "Space"),
    ],
)
def test_keys_that_write_nothing_have_names(text: str, key: str, shown: str) -> None:
    assert key_named(text) == key
    assert key_name(key) == shown


@pytest.mark.parametrize("text", ["F13", "F0", "Ctrl+1", "Ctrl+", "Ctrl+AB", "Hyper", "", " ", "\n", "ab"])
def test_what_is_no_key_is_none(text: str) -> None:
    assert key_named(text) is None


def test_every_usual_key_is_written_and_read_alike() -> None:
    assert [key_named(key_name(name)) for key in KEYS for name in key.keys] == [n for key in KEYS for n in key.keys]


def test_nothing_chosen_leaves_the_usual_keys() -> None:
    assert mapped_keys({}) == KEYS


def test_chosen_keys_take_the_place_of_the_usual_ones_everywhere() -> None:
    keys = mapped_keys(keys_with(sort="o F6", panel__queue="F1", help="?", up="I", view="y"))
    assert key_of(keys, "sort").keys == ("o", "f6")
    assert key_of(keys, "sort").shown == "o F6"
    assert key_of(keys, "panel.queue").shown == "F1", "a key that is not shown beside others is shown alone"
    assert [key.id for key in keys] == [key.id for key in KEYS]
    line = keys_line(200, keys).text
    assert " o sort" in line
    assert " s sort" not in line
    assert " F1 panel" in line
    assert " 1-9 panel" in keys_line(200, mapped_keys(keys_with(sort="o"))).text
    remarks = {choice.result: choice.remark for choice in palette_choices((), keys)}
    assert remarks["key:sort"] == "o F6"
    assert any(line.text.startswith("o F6") for line in help_lines((), keys, UNICODE, 90))
    assert moving_keys(keys)["I"] == "up"
    assert "k" not in moving_keys(keys)
    assert moving_keys(KEYS)["k"] == "up"
    assert moving_keys(KEYS)["space"] == "pagedown"


def test_ctrl_c_quits_whatever_is_mapped() -> None:
    assert key_of(mapped_keys(keys_with(quit="Q")), "quit").keys == ("Q", "ctrl+c")
    with pytest.raises(CcmonError, match=r"Ctrl\+C would be the key of both sort and quit"):
        mapped_keys(keys_with(sort="Ctrl+C"))


@pytest.mark.parametrize(
    ("choices", "sentence"),
    [
        ({"sort": "d"}, f"{FILE}: d would be the key of both done and sort: give one of them another."),
        ({"sort": "o", "done": "o"}, f"{FILE}: o would be the key of both done and sort: give one of them another."),
        ({"sorting": "o"}, f"{FILE}: there is no action 'sorting' for a key; did you mean sort?"),
        ({"sort": "F13"}, f"{FILE}: keys.sort cannot be 'F13', which is no key;"),
        ({"sort": "  "}, f"{FILE}: keys.sort names no key;"),
        ({"sort": "Ctrl+I"}, f"{FILE}: keys.sort cannot be Ctrl+I: terminals take it for Tab."),
    ],
)
def test_what_cannot_be_is_one_sentence_with_its_file(choices: dict[str, str], sentence: str) -> None:
    with pytest.raises(CcmonError) as told:
        mapped_keys(keys_with(**choices))
    assert str(told.value).startswith(sentence)


def test_two_actions_may_change_their_keys_with_each_other() -> None:
    keys = mapped_keys(keys_with(sort="d", done="s"))
    assert (key_of(keys, "sort").keys, key_of(keys, "done").keys) == (("d",), ("s",))
