"""Run every benchmark: `python -m benchmarks`."""

from benchmarks import deviations, plans, round, startup, sweeps, testing_games

for module in (startup, round, deviations, plans, testing_games, sweeps):
    print(f"\n== {(module.__doc__ or '').splitlines()[0]}")
    module.main()
