"""Which customer is meant by a reference, the number of a row, or a telephone number."""

from __future__ import annotations

import re
import sqlite3

from msgspec import Struct

from ccmon.database.driver import Database
from ccmon.errors import CcmonError


class _Customer(Struct, frozen=True, gc=False):
    """A customer. A row of ``customers_by_reference_or_phone``."""

    id: int
    reference: str | None
    name: str | None


def find_or_add(connection: sqlite3.Connection, text: str, phone: str | None, new_name: str | None) -> int:
    """The row of the customer with a reference, a row number (#17) or a telephone number; else a new one with a name.

    Args:
        connection: in a transaction that writes.
        text: the reference, row number or telephone number.
        phone: the same as a telephone number without spaces; None: it is none.
        new_name: name of a customer who is not known yet; None: there is none to add.

    Raises:
        CcmonError: there is no such customer, or several have that number.
    """
    database = Database(connection)
    row = int(text[1:]) if re.fullmatch(r"#\d{1,18}", text) else None
    given = {"text": text, "phone": None if row is not None else phone, "row": row}
    found = database.rows("customers_by_reference_or_phone", _Customer, given)
    if len(found) > 1:
        each = ", ".join(customer.reference or customer.name or f"#{customer.id}" for customer in found)
        raise CcmonError(f"{len(found)} customers have the number {text} ({each}); name one by the reference.")
    if found:
        return found[0].id
    if phone is None or row is not None:
        raise CcmonError(f"There is no customer {text!r}; import the customer first, or give a telephone number.")
    if new_name is None:
        raise CcmonError(f"No customer has the reference or number {text!r}; for a new customer add --name NAME.")
    return int(database.value("insert_customer", {"name": " ".join(new_name.split()) or None, "phone": phone}))
