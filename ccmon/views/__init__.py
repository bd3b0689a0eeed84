"""The panels: what each shows of a snapshot, as lines and columns. No terminal, no clock and no SQL in them."""
