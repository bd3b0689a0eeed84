"""Words for the two directions of a call, in English, Dutch, German, French and Spanish."""

from __future__ import annotations

import re
from unicodedata import combining, normalize

from ccmon.model.calls import Direction

_WORDS = {
    Direction.INBOUND: "in|i|inb|inbound|incoming|received"
    "|inkomend|inkomende|binnenkomend|binnenkomende|ingaand|ingaande|ontvangen"
    "|ein|eingehend|eingehende|eingehender|eingang|ankommend|ankommende|ankommender|empfangen"
    "|entrant|entrante|entrants|entrantes|entree|entrees|recu|recus|recue|recues|reception"
    "|entrada|entradas|recibida|recibidas|recibido|recibidos",
    Direction.OUTBOUND: "out|o|outb|outbound|outgoing|dialed|dialled"
    "|uit|uitgaand|uitgaande|gebeld"
    "|aus|ausgehend|ausgehende|ausgehender|ausgang|abgehend|abgehende|abgehender"
    "|sortant|sortante|sortants|sortantes|sortie|sorties|emis|emise|emises"
    "|saliente|salientes|salida|salidas|emitida|emitidas|emitido|emitidos",
}
_DIRECTIONS = {word: direction for direction, words in _WORDS.items() for word in words.split("|")}


def direction_of(cell: str) -> Direction | None:
    """The direction that a cell names, whatever its capitals and accents; None: none, or both."""
    letters = "".join(letter for letter in normalize("NFKD", cell.casefold()) if not combining(letter))
    # In-bound is one word; so are the parts of "Inbound call" that say something.
    words = re.findall(r"\w+", re.sub(r"\b(in|out)[- ](bound|coming|going)", r"\1\2", letters).replace("_", " "))
    found = {_DIRECTIONS[word] for word in words if word in _DIRECTIONS}
    return found.pop() if len(found) == 1 else None
