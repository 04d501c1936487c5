"""Run every benchmark: `python -m benchmarks`."""

from benchmarks import deviations, plans, round, startup, testing_games

for module in (startup, round, deviations, plans, testing_games):
    print(f"\n== {(module.__doc__ or '').splitlines()[0]}")
    module.main()
