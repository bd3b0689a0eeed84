"""What a user is told when something cannot be done: one sentence that says what is wrong and what to do."""

from __future__ import annotations


class CcmonError(Exception):
    """A fault with a sentence for the user. The command line prints it to standard error and exits with 1."""
