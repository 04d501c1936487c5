"""Speed, measured and not tested: `python -m benchmarks`; and how often audits are wrong."""
