"""The screen with all panels (`floor`), and the dialogs over it (`modal`): help, details, choosers."""
