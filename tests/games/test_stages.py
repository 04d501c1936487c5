"""A game of several stages brings its own Mesa model, and whatever plays it plays all stages."""

import pytest

import nashbox

TWICE = """
from dataclasses import dataclass
from typing import ClassVar

from nashbox.games import Action, OneShot
from nashbox.model.one_shot import OneShotModel

@dataclass(frozen=True)
class Give(Action):
    share: float = 1.0
    def act(self, view, rng):
        return self.share

class Stages(OneShotModel):
    def step(self):
        total = [0.0] * self.game.m
        for _ in range(self.game.stages):
            super().step()
            total = [paid + player.paid for paid, player in zip(total, self.players)]
        for player, paid in zip(self.players, total):
            player.paid = paid

@dataclass(frozen=True, kw_only=True)
class Pot(OneShot):
    menu: ClassVar = {"give": Give}
    stages: int = 1
    def recommended(self, i):
        return Give()
    def pay(self, view, action, received):
        return 1 - action + 1.5 * received.sum(axis=0) / self.m
    def model(self, worlds, seed, at=None):
        return Stages(self, worlds, seed)
    def deviations(self, i):
        return [self.family("give", share=(0.0, 1.0), coarse=3)]
"""


@pytest.mark.parametrize("stages", [1, 3])
def test_all_stages_are_paid(folder, stages):
    (folder / "pot.py").write_text(TWICE)
    (folder / "p.toml").write_text(f'game = "pot.py:Pot"\nagents = 3\nstages = {stages}\n')
    file = str(folder / "p.toml")
    for row in nashbox.audit(file, budget=4000, workers=1).agents:  # gives 1, gets 1/2 of it back
        assert (row.payoff, row.gain.estimate) == pytest.approx((1.5 * stages, 0.5 * stages))
    run = nashbox.run(file, replications=10)
    assert [row["payoff"] for row in run.agents] == pytest.approx([1.5 * stages] * 3)
    path = nashbox.adapt(file, menu=["give", "give(share=0.0)"], rounds=2).runs[0]
    assert path.last["social_payoff"] == pytest.approx(3 * stages)
