"""Bring the catalogues of all languages up to date with the texts of the code: `python -m tests.languages.catalogue`.

Each ``ccmon.po`` in ``ccmon/locales`` keeps its translations; texts that are new come without one, texts that are gone
are dropped. The ``ccmon.mo`` beside it, which the program reads, is compiled from it.
"""

from __future__ import annotations

import ast
import io
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parents[2]
LOCALES = ROOT / "ccmon" / "locales"
KEYWORDS: dict[str, tuple[int, ...]] = {
    "_": (0,),
    "gettext": (0,),
    "N_": (0,),
    "ngettext": (0, 1),
    "pgettext": (1,),
    "plural": (1, 2),
}
"""What marks a text, and which of its arguments the text is: of a plural both forms. The first of pgettext is its
context."""
IN_ENGLISH = ("configuration", "database/doctor.py", "services", "setup", "simulator", "sources")
"""Of the package, what only administrators read."""
IN_ENGLISH_COMMANDS = frozenset(
    {
        "backup", "completion", "config", "database", "demo", "export", "follow", "import_", "import_table",
        "metrics_server", "openmetrics", "questions", "run_check", "run_demo", "run_openmetrics", "run_seed",
        "run_watch", "service", "setup", "sources", "templates", "typer_app", "usage",
    }
)  # fmt: skip
"""Of the commands, those that stay English."""

HEADER = "# Texts of ccmon. `python -m tests.languages.catalogue` adds new ones, and compiles this file."


def sources() -> Iterator[Path]:
    """The files whose texts are translated."""
    package = ROOT / "ccmon"
    for path in sorted(package.rglob("*.py")):
        place = path.relative_to(package).as_posix()
        if place.startswith(IN_ENGLISH) or (place.startswith("cli/") and path.stem in IN_ENGLISH_COMMANDS):
            continue
        content = path.read_bytes()
        if place == "language.py" or b"ccmon.language" in content or b"plural(" in content:
            yield path


def extracted() -> Catalog:
    """All texts that the code marks.

    Read from Python's own syntax trees: Babel's extraction does not see into f-strings before Python 3.12.
    """
    found = Catalog(project="ccmon", charset="utf-8")
    for path in sources():
        where = path.relative_to(ROOT).as_posix()
        for node in ast.walk(ast.parse(path.read_bytes())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in KEYWORDS:
                arguments = [each.value if isinstance(each, ast.Constant) else None for each in node.args]
                places = [place for place in KEYWORDS[node.func.id] if place < len(arguments)]
                forms = [form for place in places if isinstance(form := arguments[place], str)]
                context = arguments[0] if node.func.id == "pgettext" else None
                if forms and len(forms) == len(places) and (context is None or isinstance(context, str)):
                    text = tuple(forms) if len(forms) > 1 else forms[0]
                    found.add(text, locations=[(where, 1)], context=context)
    return found


def languages() -> list[str]:
    """The languages that have a catalogue."""
    return sorted(path.parts[-3] for path in LOCALES.glob("*/LC_MESSAGES/ccmon.po"))


def po_file(language: str) -> Path:
    """The translations of a language."""
    return LOCALES / language / "LC_MESSAGES" / "ccmon.po"


def catalogue(language: str) -> Catalog:
    """The translations of a language as its file has them."""
    with po_file(language).open("rb") as file:
        return read_po(file, locale=language)


def texts(found: Catalog) -> Iterator[Message]:
    """Its texts, without the head."""
    return (message for message in found if message.id)


def key_of(message: Message) -> tuple[str | None, str]:
    """What a text is looked up by: its context and its English, of a plural the singular."""
    return message.context, message.id if isinstance(message.id, str) else message.id[0]


def up_to_date(kept: Catalog, template: Catalog) -> Catalog:
    """The texts of the code with the translations that are kept."""
    kept.update(template, no_fuzzy_matching=True, update_header_comment=False)
    kept.obsolete.clear()
    kept.header_comment, kept.fuzzy = HEADER, False
    for message in texts(kept):
        message.locations = sorted({(where, 1) for where, _ in message.locations})
        message.auto_comments = []
    return kept


def as_po(found: Catalog) -> bytes:
    """The file of translations, which depends on nothing but them."""
    written = io.BytesIO()
    write_po(written, found, width=118, sort_output=True, include_lineno=False, ignore_obsolete=True)
    lines = written.getvalue().decode().splitlines(keepends=True)
    unsteady = ('"POT-Creation-Date', '"PO-Revision-Date', '"Generated-By', '"Last-Translator', '"Report-Msgid-Bugs-To')
    return "".join(line for line in lines if not line.startswith(unsteady)).encode()


class _Compiled(Catalog):
    """What the program needs of a catalogue, without who wrote it when."""

    def _get_mime_headers(self) -> list[tuple[str, str]]:
        return [("Content-Type", "text/plain; charset=utf-8"), ("Plural-Forms", self.plural_forms)]

    mime_headers = property(_get_mime_headers)


def as_mo(found: Catalog) -> bytes:
    """The compiled translations, which depend on nothing but them."""
    compiled = _Compiled(locale=found.locale, charset="utf-8", fuzzy=False)
    for message in texts(found):
        compiled.add(message.id, message.string, context=message.context)
    written = io.BytesIO()
    write_mo(written, compiled)
    return written.getvalue()


def main() -> None:
    """Write all catalogues anew."""
    template = extracted()
    for language in languages():
        path = po_file(language)
        found = up_to_date(catalogue(language), template)
        path.write_bytes(as_po(found))
        path.with_suffix(".mo").write_bytes(as_mo(catalogue(language)))
        missing = [
            key_of(message)[1]
            for message in texts(found)
            if not all(message.string if isinstance(message.string, tuple) else [message.string])
        ]
        print(f"{language}: {len(found)} texts, {len(missing)} without a translation", *missing, sep="\n    ")  # noqa: T201


if __name__ == "__main__":
    main()
