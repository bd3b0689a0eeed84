"""The Textual program. Only this package imports Textual."""
