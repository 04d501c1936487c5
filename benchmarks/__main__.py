"""Run every benchmark: `python -m benchmarks`."""

from benchmarks import deviations, plans, round, startup

for module in (startup, round, deviations, plans):
    print(f"\n== {(module.__doc__ or '').splitlines()[0]}")
    module.main()
