"""What each total counts, defined once, and every statement generated from it.

`definitions` says what a total counts in the rows of base tables. `triggers` and `queries` are pure functions from
the definitions to SQL, with the templates in ``templates.sql``; `change_log_triggers`
makes the triggers that note each write in the table ``changes``, which work together with those of the totals.
"""
