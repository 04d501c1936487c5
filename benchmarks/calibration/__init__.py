"""How often audits are wrong: `python -m benchmarks.calibration`."""
