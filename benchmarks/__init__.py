"""What ccmon costs, measured from outside in pseudo-terminals: `python -m benchmarks`."""
