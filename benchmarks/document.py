"""Put the figures of a run into docs/performance.md: `python -m benchmarks.document RUN.json…`.

Several are runs of some cases each (`--only`), of which the last that measured a case counts.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.goals import ROWS, Row
from benchmarks.results import Figure, cells, goal

DOCUMENT = Path(__file__).parent.parent / "docs" / "performance.md"
BEGIN = "<!-- figures: python -m benchmarks.document RUN.json… -->"
END = "<!-- end of figures -->"
HEAD = "| | figure | measured | compared with | ratio | goal | |\n|---|---|---|---|---|---|---|\n"


def with_table(text: str, runs: Sequence[dict[str, Any]]) -> str:
    """Return the document with the figures of runs in the place of those that are there.

    Args:
        text: the document.
        runs: what ``--json`` printed of each.
    """
    before, _, rest = text.partition(BEGIN)
    after = rest.partition(END)[2]
    measured = {(each["case"], each["name"]): _figure(each) for run in runs for each in run["figures"]}
    about = "\n".join(f"- {_about(run)}" for run in runs) if len(runs) > 1 else _about(runs[0])
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


def _about(run: dict[str, Any]) -> str:
    """What was measured of which commit, and what makes it doubtful."""
    machine = run["machine"]
    cases = ", ".join(dict.fromkeys(each["case"] for each in run["figures"]))
    about = "a run of `{extent}` extent, commit {commit}, {python}, {cores} cores, m = {additions_ms:.0f} ms."
    return " ".join([f"{cases}: {about.format_map(machine)}", *machine["warnings"]])


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
    parser.add_argument(
        "runs", type=Path, nargs="+", metavar="RUN.json", help="what python -m benchmarks --json printed"
    )
    runs = [json.loads(path.read_text()) for path in parser.parse_args().runs]
    DOCUMENT.write_text(with_table(DOCUMENT.read_text(), runs))


if __name__ == "__main__":
    main()
