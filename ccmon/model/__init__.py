"""The nouns of a call centre as frozen records, one file per subject.

Moments are integer Unix milliseconds, UTC, and end in ``_at``; lengths of time are integer milliseconds and end in
``_ms``; money is integer minor units and ends in ``_cents``; ratios run from 0 to 1. ``None`` means unknown or not yet,
never 0 (metrics.md 1.3). Texts are plain, as a source wrote them: the code that shows them makes them safe.

Counts and sums are stored; ratios and means are properties that `ccmon.metrics` computes from them, so that no two
places can disagree about one.

Records are frozen `msgspec.Struct`s: defining one costs a fiftieth of a frozen dataclass, making one a tenth, and a
record can neither be indexed nor unpacked by position.
"""
