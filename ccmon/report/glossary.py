"""What the terms of a report mean, in a few words each; docs/metrics.md says it in whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ccmon.report.content import Report

MEANINGS: Mapping[str, tuple[str, str]] = {
    "conversion": (
        "Conversion",
        "sales calls that led to a sale, over all sales calls; two sales in a call count once",
    ),
    "month_pace": ("Pace", "sales so far, over those that the quota expects by then"),
    "pace": ("Pace", "sales so far, over those that the quota expects by then"),
    "lost": ("Lost", "abandoned while waiting (short abandons left out), timed out, or sent away"),
    "short_abandoned": (
        "Short abandons",
        "hung up within seconds, before anybody could answer: neither answered nor lost",
    ),
    "diverted": ("Diverted", "left the queue by a key, or was moved on: neither answered nor lost"),
    "service_level_live": ("Service level", "answered within the queue's threshold, over answered and lost"),
    "abandonment_rate": (
        "Abandonment rate",
        "callers who abandoned, over all whose wait has ended; without short ones",
    ),
    "asa_ms": ("ASA", "average speed of answer: the mean wait of those who were answered"),
    "satisfied": ("Satisfied", "answers in the two best of a survey's grades"),
    "nps": ("NPS", "net promoter score: share who would recommend us less share who would not, from −100 to +100"),  # noqa: RUF001
    "first_contact": (
        "First contact resolution",
        "FCR: customers who did not have to contact us again about the same matter",
    ),
    "on_time_rate": ("On time", "promises kept by the time agreed, of those that were due"),
    "churn": ("Churn", "customers who left, over customers"),
    "aht_inbound_ms": ("AHT", "average handling time: talk, hold and wrap-up of a call"),
    "aht_ms": ("AHT", "average handling time: talk, hold and wrap-up of a call"),
    "occupancy": ("Occupancy", "time on calls, over time on calls and ready for one"),
    "contribution_cents": ("Contribution", "what the sales earn, less the wages"),
    "attainment": ("Attainment", "sales, over the quota"),
}
"""By the key of a figure or column: the term, and what it means."""
GOAL_MEANINGS: Mapping[str, str] = {"resources": "what the time of the agents was used for, and what it cost"}
"""By the key of a goal, what its title means."""


def meaning_of(key: str) -> str | None:
    """What a figure or column is, to stand beside it; None where its name says it."""
    found = MEANINGS.get(key)
    return None if found is None else f"{found[0]}: {found[1]}"


def glossary(report: Report) -> Sequence[tuple[str, str]]:
    """The terms that a report uses, each with its meaning, in the order in which they appear."""
    keys = [figure.key for goal in report.shown_goals for figure in goal.known]
    keys += [column.key for table in report.shown_tables if table.rows for column in table.columns]
    terms = dict(MEANINGS[key] for key in keys if key in MEANINGS)
    terms |= {
        goal.title: GOAL_MEANINGS[goal.key] for goal in report.shown_goals if goal.key in GOAL_MEANINGS and goal.known
    }
    return tuple(terms.items())
