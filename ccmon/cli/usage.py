"""What Typer says of wrong usage, in plain words and whole sentences."""

from __future__ import annotations

import re

_PLAINER = (
    (r"is not a valid int(eger)?( range)?", "is not a whole number"),
    (r"is not a valid float( range)?", "is not a number"),
    (r"(\S+) is not in the range (\S+)<=x<=(\S+?)(\.?)$", r"\1 is not between \2 and \3\4"),
    (r"(\S+) is not in the range x>=(\S+?)(\.?)$", r"\1 is less than \2\3"),
    (r"^Got unexpected extra argument\(s\) \((.*)\)", r"Nothing can follow here, and there is: \1"),
    (r"^Option '(\S+)' requires an argument", r"\1 needs a value behind it"),
    (r"^Option '(\S+)' requires (\d+) arguments", r"\1 needs \2 values behind it"),
    (r"^Option '(\S+)' does not take a value", r"\1 takes no value"),
    (r" Choose from: (.*?)\.?$", r" It is one of: \1"),
)
"""Patterns of Typer's sentences, and what stands in their place."""


def in_plain_words(sentence: str) -> str:
    """A sentence of Typer's without the names of types, and with an end."""
    text = " ".join(sentence.split())
    for pattern, plainer in _PLAINER:
        text = re.sub(pattern, plainer, text)
    return text if text[-1:] in set(".?!") else f"{text}."
