"""What each total counts, defined once, and every statement that is made of it.

`definitions` says what a total counts of the rows of counted tables. `triggers` and `queries` are pure functions from
the definitions to SQL, by the templates in ``templates.sql``; `trail_triggers`
makes the triggers that note each write in the table ``changes``, which hang together with those of the totals.
"""
