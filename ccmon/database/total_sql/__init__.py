"""What each total counts, defined once, and every statement that is made of it.

``definitions.sql`` says what a total counts, as an aggregate query over the rows of counted tables; `definition` parses
it. `triggers` and `queries` are pure functions from the definitions to SQL, by the templates in ``templates.sql``.
"""
