"""Put the figures of a run into docs/performance.md: `python -m benchmarks.document RUN.json`."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from benchmarks.goals import ROWS, Row
from benchmarks.results import Figure, cells, goal

DOCUMENT = Path(__file__).parent.parent / "docs" / "performance.md"
BEGIN = "<!-- figures: python -m benchmarks.document RUN.json -->"
END = "<!-- end of figures -->"
HEAD = "| | figure | measured | compared with | ratio | goal | |\n|---|---|---|---|---|---|---|\n"


def with_table(text: str, run: dict[str, Any]) -> str:
    """Return the document with the figures of a run in the place of those that are there.

    Args:
        text: the document.
        run: what ``--json`` printed.
    """
    before, _, rest = text.partition(BEGIN)
    after = rest.partition(END)[2]
    machine = run["machine"]
    about = (
        "A run of `{extent}` extent: commit {commit}, {python}, {cores} cores, m = {additions_ms:.0f} ms.".format_map(
            machine
        )
    )
    about = " ".join([about, *machine["warnings"]])
    measured = {(each["case"], each["name"]): _figure(each) for each in run["figures"]}
    lines = []
    case = ""
    for row in ROWS.values():
        each = measured.get((row.case, row.name))
        if each is None:
            words = [row.name, "not measured", row.compared_with, "", goal(row), ""]
        else:
            words = cells(each)
            del words[2]  # processor time
        words = ["" if row.case == case else row.case, *words]
        lines.append("|" + "|".join(f" {word} " if word else " " for word in words) + "|\n")
        case = row.case
    return f"{before}{BEGIN}\n{about}\n\n{HEAD}{''.join(lines)}{END}{after}"


def _figure(read: dict[str, Any]) -> Figure:
    return Figure(
        Row(**{name: read[name] for name in Row._fields}),
        read["value"],
        read["reference"],
        read["processor"],
        read["processor_reference"],
        read["note"],
        read["partial"],
    )


def main() -> None:
    """Write the document."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("run", type=Path, metavar="RUN.json", help="what python -m benchmarks --json printed")
    run = json.loads(parser.parse_args().run.read_text())
    DOCUMENT.write_text(with_table(DOCUMENT.read_text(), run))


if __name__ == "__main__":
    main()
