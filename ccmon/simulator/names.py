"""Names and telephone numbers of fictitious people.

The names are plausible and from many countries, with the accents, apostrophes, lengths and scripts that a screen must
handle. The numbers are in ranges that numbering authorities reserve for films and books.
"""

from __future__ import annotations

AGENTS = (
    "Siobhán O'Dwyer", "Mateusz Wójcik", "Ngozi Okonjo", "Emma de Vries", "Rahul Deshpande", "李秀英",
    "Lucía Fernández", "Jonas Lindqvist", "Maximiliane von Hohenstein-Schwarzenberg", "Tariq Haddad",
    "Chloé Lefèvre", "Ivana Horvat", "Samuel Mensah", "Aylin Öztürk", "Nguyễn Minh Anh", "Søren Kjærgaard",
    "Bianca Rossi", "Daniel Kovács", "Fatima Benkirane", "Owen Pritchard", "Katarzyna Zielińska",
    "Hiroshi Tanaka", "Marta Sousa", "Elif Demir", "Lars Achterberg", "Priya Raghunathan", "Noah Becker",
    "Adaeze Nwosu", "Giulia Conti", "Pedro Álvarez", "Hanna Virtanen", "Marek Dvořák", "Leila Karimi",
    "Tom Hughes", "Ana-Maria Popescu", "Kwame Boateng", "Ingrid Solberg", "Yusuf Şahin", "Claire Dubois",
    "Stefan Novak", "Zoë Janssens", "Miguel Ortega",
)  # fmt: skip
"""Agents of small sites; a larger site also uses names made from the lists below."""

FIRST = (
    "Anna", "Ben", "Carmen", "David", "Elena", "Farid", "Grace", "Henrik", "Inés", "Jakub", "Kenza", "Liam",
    "Mei", "Nadia", "Oskar", "Paula", "Quentin", "Rosa", "Selim", "Thandiwe", "Ulrike", "Viktor", "Wanjiru",
    "Xavier", "Yara", "Zofia", "Amélie", "Björn", "Chiara", "Dmitri", "Esther", "Florin", "Gwen", "Hugo",
    "Isla", "João", "Kaito", "Leonie", "Mohamed", "Nora", "Oluwaseun", "Petra", "Roberto", "Saskia", "Tomás",
    "Valérie", "William", "Zeynep",
)  # fmt: skip

LAST = (
    "Abbott", "Bakker", "Castillo", "D'Angelo", "Eriksson", "Fischer", "García", "Hoffmann", "Ibrahim",
    "Jensen", "Kowalski", "Larsen", "Müller", "Nakamura", "O'Brien", "Petrov", "Quist", "Ramírez", "Silva",
    "Takahashi", "Ünal", "van den Berg", "Wagner", "Xu", "Young", "Zhang", "Andersson", "Bianchi", "Çelik",
    "Dumont", "Evans", "Ferreira", "Greene", "Hansen", "Ivanov", "Jónsdóttir", "Khan", "Laurent", "Moreau",
    "Nguyen", "Owusu", "Papadopoulos", "Rossi", "Schneider", "Türkmen", "Virtanen", "Weber", "Yamamoto",
)  # fmt: skip

_CUSTOMERS = tuple(f"{first} {last}" for last in LAST for first in FIRST)

_RANGES = (
    ("+33 1 99 00 ", 4), ("+33 2 61 91 ", 4), ("+33 3 53 01 ", 4), ("+33 4 65 71 ", 4), ("+33 6 39 98 ", 4),
    ("+49 30 23125 ", 3), ("+49 69 90009 ", 3), ("+49 40 66969 ", 3), ("+49 221 4710 ", 3), ("+44 7700 900", 3),
    ("+44 20 7946 0", 3), ("+44 161 496 0", 3), ("+1 212 555 01", 2), ("+61 491 570 ", 3),
)  # fmt: skip


_FORMS: tuple[tuple[str, int], ...] = tuple((f"{prefix}%0{digits}d", 10**digits) for prefix, digits in _RANGES)
"""How the numbers of a range are written, and how many there are."""


def agent_name(number: int) -> str:
    """The name of the agent of this number, from 0."""
    if number < len(AGENTS):
        return AGENTS[number]
    rest = number - len(AGENTS)
    return f"{FIRST[rest % len(FIRST)]} {LAST[(rest * 7 + rest // len(FIRST)) % len(LAST)]}"


def customer_name_and_telephone(random_number: int) -> tuple[str, str]:
    """A customer's name and telephone number, for any number of 32 bits."""
    random_number, place = divmod(random_number, len(_CUSTOMERS))
    return _CUSTOMERS[place], telephone_of(random_number)


def telephone_of(random_number: int) -> str:
    """A telephone number that rings nowhere, for any large number."""
    random_number, place = divmod(random_number, len(_RANGES))
    form, numbers = _FORMS[place]
    return form % (random_number % numbers)  # an f-string takes three times as long
