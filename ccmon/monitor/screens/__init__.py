"""What lies over the floor for a while: help, details, alarms, and the chooser of filters and commands."""
