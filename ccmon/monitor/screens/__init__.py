"""The screen that all panels are on (`floor`), and what lies over it for a while (`modal`): help, details, choosers."""
