"""What each total counts, defined once, and every statement that is made of it.

`definitions` says what a total counts of the rows of counted tables. `triggers` and `queries` are pure functions from
the definitions to SQL, by the templates in ``templates.sql``.
"""
