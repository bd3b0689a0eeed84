"""Amounts as people write them come back to the cent, or are refused as unclear; never as another amount."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ccmon.number_texts import CellError
from ccmon.sources.table.cell_form import AmbiguousError, CellForm
from ccmon.sources.table.cells import CellContext, count, money, ratio
from ccmon.sources.table.written_numbers import currency_in, is_nothing
from tests.examples import examples

GROUPS = (
    ("", "."), ("", ","), (",", "."), (".", ","), (" ", ","), (" ", "."), ("\u00a0", ","), ("\u202f", ","), ("'", "."),
    ("\u2019", "."),
)  # fmt: skip
"""What groups thousands, and the decimal sign."""
CURRENCIES = ("{}", "€{}", "€ {}", "{} €", "{}€", "EUR {}", "{} EUR", "eur {}", "{}\u00a0€", "{} euro", "€\u00a0{}")
SIGNS = {False: ("{}", "+{}"), True: ("-{}", "\u2212{}", "({})", "{}-")}


def context(decimal: str | None = None, currency: str | None = "EUR") -> CellContext:
    return CellContext(ZoneInfo("UTC"), currency=currency, form=CellForm(decimal=decimal))


def written(cents: int, group: str, decimal: str) -> str:
    """An amount, grouped by hand."""
    digits = f"{cents // 100}"
    parts = [digits[max(0, end - 3) : end] for end in range(len(digits), 0, -3)]
    return group.join(reversed(parts)) + f"{decimal}{cents % 100:02}"


FORMS = st.tuples(st.sampled_from(GROUPS), st.sampled_from(CURRENCIES), st.integers(0, 3))


@settings(max_examples=examples(300))
@given(cents=st.integers(0, 10**12), form=FORMS, negative=st.booleans(), knows=st.booleans())
def test_each_form_comes_back_to_the_cent(
    cents: int, form: tuple[tuple[str, str], str, int], negative: bool, knows: bool
) -> None:
    (group, decimal), currency, number = form
    sign = SIGNS[negative][number % len(SIGNS[negative])]
    amount = written(cents, group, decimal)
    for text in (currency.format(sign.format(amount)), sign.format(currency.format(amount))):
        if "(" not in text or (text.startswith("(") and text.endswith(")")):  # Brackets stand around the currency, too.
            assert money(text, context(decimal if knows else None)) == (-cents if negative else cents), text


@settings(max_examples=examples(200))
@given(whole=st.integers(0, 10**9), groups=st.sampled_from(GROUPS))
def test_whole_amounts_come_back_or_are_unclear(whole: int, groups: tuple[str, str]) -> None:
    group, decimal = groups
    text = written(whole * 100, group, "|").partition("|")[0]
    assert money(text, context(decimal)) == whole * 100
    assert money(f"{text}{decimal}-", context(decimal)) == whole * 100
    if group in {".", ","} and 1_000 <= whole < 1_000_000:
        with pytest.raises(AmbiguousError):
            money(text, context())
    else:
        assert money(text, context()) == whole * 100
    if whole:
        assert count(text, context(decimal)) == whole


@settings(max_examples=examples(300))
@given(text=st.text("0123456789.,' -", min_size=1, max_size=12), decimal=st.sampled_from([None, ",", "."]))
def test_no_text_has_another_amount_than_its_digits(text: str, decimal: str | None) -> None:
    """Whatever is understood has the digits of the text, and at most two decimals."""
    try:
        amount = money(text, context(decimal))
    except CellError:
        return
    digits = "".join(filter(str.isdigit, text))
    assert str(abs(amount)).lstrip("0") in {(digits + zeros).lstrip("0") for zeros in ("", "0", "00")} | {
        digits[:-cut].lstrip("0") for cut in range(1, len(digits)) if not digits[-cut:].strip("0")
    }
    assert (amount < 0) <= ("-" in text)


NO_AMOUNTS = ("1.2345,00", "1,23,4", "12.34.56", "1 23", "1..5", "", "-", "€", "1 €5", "--5", "(5", "5)", "€5 €")


@pytest.mark.parametrize("text", NO_AMOUNTS)
@pytest.mark.parametrize("decimal", [None, ",", "."])
def test_what_is_no_amount(decimal: str | None, text: str) -> None:
    with pytest.raises(CellError):
        money(text, context(decimal))


UNLIKE = [
    (",", "1,234.50", CellError),
    (".", "1.234,50", CellError),
    (",", "1234.567", CellError),
    (",", "1,234", CellError),
    (None, "1,234", AmbiguousError),
    (None, "1234.567", AmbiguousError),
]


@pytest.mark.parametrize(("decimal", "text", "error"), UNLIKE)
def test_what_contradicts_the_decimal_sign_is_refused(decimal: str | None, text: str, error: type[CellError]) -> None:
    with pytest.raises(error):
        money(text, context(decimal))


@pytest.mark.parametrize(
    ("currency", "text", "amount"),
    [
        ("JPY", "¥1,234,567", 1_234_567), ("JPY", "¥ 12", 12), ("KWD", "KWD 1.234", 1_234), ("USD", "US$5", 500),
        ("CHF", "Fr. 1'234.50", 123_450), ("SEK", "1 234,50 kr", 123_450), ("DKK", "kr. 1.234,50", 123_450),
        ("PLN", "12,50 zł", 1_250), ("CZK", "12 Kč", 1_200), ("BRL", "R$ 1.234,50", 123_450), ("AUD", "$5.10", 510),
        ("CAD", "CA$5", 500), ("GBP", "£5", 500),
    ],
)  # fmt: skip
def test_currencies(currency: str, text: str, amount: int) -> None:
    assert money(text, context(currency=currency)) == amount
    with pytest.raises(CellError, match="not in TND: amounts in two currencies have no sum"):
        money(text, context(currency="TND"))


def test_what_a_sign_says_of_the_currency() -> None:
    assert [currency_in(text) for text in ("5 €", "£5", "$5", "5 kr", "5", "CHF 5", "x")] == [
        "EUR", "GBP", None, None, None, "CHF", None,
    ]  # fmt: skip
    with pytest.raises(CellError, match=r"ccmon config set site.currency EUR"):
        money("5 €", context(currency=None))
    assert [text for text in ("-", "€ -", "- €", "\u2013", "--", "5-", "", "€") if is_nothing(text)] == [
        "-", "€ -", "- €", "\u2013", "--",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "decimal", "number"),
    [
        ("1.200", ",", 1200),
        ("1 200", ",", 1200),
        ("5,00", ",", 5),
        ("1,200", None, 1200),
        ("1,200", ".", 1200),
        ("7", ",", 7),
    ],
)
def test_counts(text: str, decimal: str | None, number: int) -> None:
    assert count(text, context(decimal)) == number


@pytest.mark.parametrize(
    ("text", "decimal"), [("1.200", None), ("1,5", ","), ("1.2", ","), ("x", ","), ("1.20.0", ",")]
)
def test_what_is_no_count(text: str, decimal: str | None) -> None:
    with pytest.raises(CellError, match="a whole number"):
        count(text, context(decimal))


def test_shares() -> None:
    assert [ratio(text, context()) for text in ("85,5 %", "85.5%", "0,855", ".855", "85\u00a0%")] == [
        0.855, 0.855, 0.855, 0.855, 0.85,
    ]  # fmt: skip
    per_cent = CellContext(ZoneInfo("UTC"), form=CellForm(per_cent=True))
    assert [ratio(text, per_cent) for text in ("85,5", "1", "100 %")] == [0.855, 0.01, 1.0]
