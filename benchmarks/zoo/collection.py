"""All members of the zoo, by name."""

from __future__ import annotations

from benchmarks.zoo import estimation, formulas, needles, one_shot, testing
from benchmarks.zoo.case import RATIOS, TAILS, Member

FORMULAS, PLUGIN = "estimation with formulas", "estimation as a plug-in"
SOME = (0.5, 1.4, 3.0, 10.0, 40.0)  # where epsilon is set by the gain
FIXED = {"ratios": (None,), "weight": 11}

_ALL = (
    Member(
        "cbl",
        FORMULAS,
        "CBL, two agents and one who works alone; alpha_factor sets the gain, and is 1 at 0",
        formulas.tuned(formulas.cbl, 0.05),
    ),
    Member(
        "cbl_0.9",
        FORMULAS,
        "`cbl` with alpha_factor .9",
        formulas.as_it_comes(formulas.cbl, 0.9),
        **FIXED,
    ),
    Member(
        "threshold",
        FORMULAS,
        "thresholds of three agents; how much too wide they are sets the gain",
        formulas.tuned(formulas.threshold, 3.0),
    ),
    Member(
        "threshold_1.1",
        FORMULAS,
        "thresholds 10 % too wide",
        formulas.as_it_comes(formulas.threshold, 1.1),
        **FIXED,
    ),
    Member(
        "sample_mean",
        FORMULAS,
        "the sample mean of three agents; the cost of a point sets the gain",
        estimation.sample_mean,
    ),
    Member("plain_cbl", PLUGIN, "`cbl` without its formulas", estimation.plain_cbl),
    Member(
        "noisy_mean",
        PLUGIN,
        "the others' mean with noise; the cost of a point sets the gain",
        estimation.noisy_mean,
        TAILS,
    ),
    Member(
        "median", PLUGIN, "the median of three means", estimation.medians, ratios=(0.5, *SOME[1:])
    ),
    Member(
        "errors",
        PLUGIN,
        "a sample mean that is off by 1e4 in one world of 10,000",
        estimation.errors(1e-4),
        ("errs",),
        SOME,
    ),
    Member(
        "errors_often",
        PLUGIN,
        "a sample mean that is off by 1e4 in one world of 100",
        estimation.errors(1e-2),
        ("errs",),
        SOME,
    ),
    Member(
        "hasty_race",
        "testing race",
        "the one agent does not use what she hears at once",
        testing.hasty,
        ratios=SOME,
    ),
    Member(
        "costly_race",
        "testing race",
        "observations are so dear that stopping before the threshold pays",
        testing.costly,
        ratios=SOME,
    ),
    Member("public_goods", "public goods", "a pot with luck", one_shot.public_goods, TAILS),
    Member("auction", "first-price auction", "winners have luck", one_shot.auction, TAILS),
    Member("cournot", "Cournot", "a unit's cost is uncertain", one_shot.cournot, TAILS),
    Member("table", "noisy normal form", "a table with lots", one_shot.table, TAILS),
)
MEMBERS = {member.name: member for member in _ALL}
NEEDLES = {
    member.name: member
    for member in (
        Member("needle", PLUGIN, "only 37 points earn the others' mean", needles.needle),
        Member("correlated_lie", PLUGIN, "+2 sigma here and -2 there", needles.correlated_lie),
    )
}
assert all(set(m.ratios) <= {*RATIOS, None} for m in MEMBERS.values())
