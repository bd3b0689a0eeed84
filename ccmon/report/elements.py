"""Elements of an HTML page. Texts and attributes are escaped when the page is written, whatever they hold."""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element, tostring

from ccmon.formatting import plain

Child = Element | str | None


def element(tag: str, *children: Child, **attributes: object) -> Element:
    """An element with its children; None is no child.

    Args:
        tag: its name.
        children: elements and texts, in their order.
        attributes: by name; a final ``_`` is left out and any other becomes a hyphen. None sets none.
    """
    made = Element(tag)
    for name, value in attributes.items():
        if value is not None:
            made.set(name.rstrip("_").replace("_", "-"), str(value))
    for child in children:
        add(made, child)
    return made


def add(parent: Element, child: Child) -> None:
    """Add a child behind the others."""
    if child is None:
        return
    if isinstance(child, Element):
        parent.append(child)
        return
    # In parts, as a harmless text is cut at the length of the longest name.
    text = " ".join(map(plain, child.split(" ")))
    if len(parent):
        parent[-1].tail = (parent[-1].tail or "") + text
    else:
        parent.text = (parent.text or "") + text


_ON_A_LINE = re.compile(
    r"<(?=(?:head|body|meta|title|style|p|h1|h2|ul|li|div|table|colgroup|caption|thead|tbody|tr|th|td|details|svg|desc|defs"
    r"|rect|line|text|polyline|polygon|circle)\b)"
)
"""Elements that begin on a line of their own: a line of a mail has at most 998 characters (RFC 5322, 2.1.1)."""


def page(root: Element) -> str:
    """The page as text, of short lines. White space before these elements shows nowhere."""
    text = tostring(root, encoding="unicode", method="html")
    return f"<!DOCTYPE html>{_ON_A_LINE.sub(_BREAK, text)}\n"


_BREAK = "\n<"
