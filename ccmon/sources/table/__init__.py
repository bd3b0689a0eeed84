"""Tables that a site exports elsewhere: calls by a mapping, and the records beside them by their header."""
