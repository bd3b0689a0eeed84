"""The mutations still apply, and the tests named with them exist; running them is `python -m tests.mutations`."""

from __future__ import annotations

import pytest

from tests.mutations.catalogue import ROOT, Mutation, mutations


@pytest.mark.parametrize("mutation", mutations(), ids=lambda mutation: mutation.name)
def test_a_mutation_applies_and_names_tests_that_exist(mutation: Mutation) -> None:
    text = (ROOT / mutation.file).read_text(encoding="utf-8")
    assert mutation.applied(text) != text
    assert mutation.tests
    for test in mutation.tests:
        file, *names = test.split("::")
        written = (ROOT / file).read_text(encoding="utf-8")
        assert all(f"def {name.partition('[')[0]}(" in written for name in names), test


def test_no_two_have_one_name() -> None:
    names = [mutation.name for mutation in mutations()]
    assert len(set(names)) == len(names)
