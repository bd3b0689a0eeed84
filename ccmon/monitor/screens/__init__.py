"""What lies over the floor for a while: help, details, alerts, and the chooser of filters and commands."""
