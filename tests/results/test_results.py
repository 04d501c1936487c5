"""Every result reads back what it wrote, and refuses what is another's."""

import json

import pytest

from nashbox.experiments.audit import Audit, GameAudit, audit, audit_game
from nashbox.experiments.check import CheckReport, check
from nashbox.experiments.dynamics.adapt import adapt
from nashbox.experiments.dynamics.adaptation import Adaptation
from nashbox.experiments.dynamics.empirical import EmpiricalGame
from nashbox.experiments.dynamics.measure import empirical_game
from nashbox.experiments.dynamics.survival import Survival, honesty_survival
from nashbox.experiments.run import Run, run
from nashbox.games.testing.receivers import ReceiverReport, value_of_alpha
from nashbox.problem.errors import InputError
from nashbox.problem.files import load
from nashbox.results.saving import to_text
from nashbox.rules.coalitions import coalitions
from nashbox.rules.coalitions.coalition import Coalitions
from nashbox.rules.planning import PlanReport, plan_report
from nashbox.rules.robust import robust
from nashbox.rules.robust.robustness import Robust
from tests.games import figure1, from_mapping
from tests.places import EXAMPLES


def race():
    return load(EXAMPLES / "testing" / "case_a.toml")


ALIKE = {"game": "estimation", "sigma": 10.0, "costs": [[0.05]] * 4}
MENU = ["truthful", "free_rider"]
RESULTS = {
    Audit: lambda: audit(figure1(mechanism="sample_mean"), method="black_box", budget=3000),
    CheckReport: lambda: check("truthful"),
    PlanReport: lambda: plan_report(figure1()),
    ReceiverReport: lambda: value_of_alpha(race(), games=50),
    Run: lambda: run(figure1(mechanism="sample_mean"), replications=50),
    Adaptation: lambda: adapt(figure1(mechanism="sample_mean"), rounds=1),
    EmpiricalGame: lambda: empirical_game(figure1(mechanism="sample_mean"), MENU),
    Survival: lambda: honesty_survival(
        from_mapping(ALIKE),
        mechanisms=["sample_mean"],
        sizes=[4],
        graphs=["ring"],
        rounds=1,
        seeds=[0],
    ),
    Robust: lambda: robust(figure1(mechanism="sample_mean")),
    Coalitions: lambda: coalitions(figure1(mechanism="sample_mean"), budget=1000),
    GameAudit: lambda: audit_game(race(), method="black_box", budget=1000),
}
RACES = {Run: lambda: run(race(), replications=50)}
MADE = [*RESULTS.items(), *RACES.items()]


@pytest.mark.sparse(10)
@pytest.mark.parametrize(("kind", "make"), MADE, ids=lambda part: part.__name__)
def test_results_read_back_what_they_wrote(kind, make, tmp_path):
    result = make()
    path = tmp_path / "result.json"
    json.dumps(result.to_json())  # lists and numbers, no arrays
    result.save(path)
    again = kind.load(path)
    assert to_text(again.to_json()) == path.read_text() == to_text(result.to_json())
    body = json.loads(path.read_text())
    assert body["format"] == kind.FORMAT
    first = next(key for key in body if key not in ("format", "game"))
    del body[first]
    path.write_text(json.dumps(body))
    with pytest.raises(InputError, match=f"{path.name}: is no whole {kind.FORMAT}.*{first}"):
        kind.load(path)
    path.write_text(json.dumps({**body, "format": "nashbox-other/1"}))
    with pytest.raises(InputError, match="format must be"):
        kind.load(path)
