"""Speed, measured and not tested: `python -m benchmarks`."""
