"""Pure arithmetic on counts and times: no input or output, no clock. The time, where needed, is an argument."""
