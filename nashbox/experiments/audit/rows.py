"""Findings as the rows of a result."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from nashbox.experiments.audit.base import AuditResult, Gain, PaidDeviation, gain_from_json
from nashbox.experiments.audit.findings import PlayerFinding
from nashbox.experiments.audit.game_audit import GameAudit, PlayerAudit
from nashbox.experiments.audit.plan_audit import AgentAudit, Audit
from nashbox.games.answered import extras_held
from nashbox.games.base import Game
from nashbox.games.registry import engine
from nashbox.mechanisms.owed import checks
from nashbox.results.base import unwrapped


def result_of(problem: Any, game: Game, found: Sequence[PlayerFinding], **said: Any) -> AuditResult:
    """The result of the kind that a game declares.

    said: method, class_, epsilon, delta, seeds, resolution, notes.
    """
    both = {"problem": problem.to_json(), "game": problem.game, **said}
    both["mechanism"] = None if problem.mechanism is None else problem.mechanism.name
    result: AuditResult = engine(game, "audited")(game, found, both)
    return result


def penalised(game: Any, found: Sequence[PlayerFinding], both: dict[str, Any]) -> Audit:
    """Penalties, and how far their sum is from the least that is rational."""
    both |= game.extras()
    rows = [
        AgentAudit(**_common(game, i, one), **game.row(i), damage_se=one.damage_se)
        for i, one in enumerate(found)
    ]
    least = both.pop("least_social_penalty")
    audit = Audit(agents=rows, efficiency_ratio=None, checks=checks(game.terms), **both)
    if least is None:
        return audit
    spent, error = audit.social_penalty, audit.social_penalty_se
    return replace(audit, efficiency_ratio=spent / least, efficiency_ratio_se=error / least)


def paid(game: Game, found: Sequence[PlayerFinding], both: dict[str, Any]) -> GameAudit:
    """What the game pays, and what it adds: keys that audits know, and keys of its own."""
    told = f"{type(game).__name__}.extras"
    added = extras_held(told, unwrapped(game.extras()), GameAudit.ruled())
    known = {key: added.pop(key) for key in GameAudit.OPTIONAL.split() if key in added}
    rows = [
        PlayerAudit(
            **_common(game, i, one),
            pays=game.pays.name,
            damage_se=None if one.damage is None else one.damage_se,
            gain_if_belief_known=_gain(one.extra.get("gain_if_belief_known")),
        )
        for i, one in enumerate(found)
    ]
    return GameAudit(agents=rows, extra=added, **both, **known)


def _gain(known: Mapping[str, Any] | None) -> Gain | None:
    return None if known is None else gain_from_json(known)


def _common(game: Game, i: int, one: PlayerFinding) -> dict[str, Any]:
    """What all audits say of a player."""
    spec = one.deviation.spec
    return {
        "name": game.players[i],
        "strategy": game.strategy(i).label,
        "payoff": one.payoff,
        "payoff_se": one.se,
        "epsilon": one.epsilon,
        "verdict": one.verdict,
        "gain": one.gain,
        "candidates": one.candidates,
        "best_deviation": PaidDeviation(
            spec.name,
            dict(spec.parameters),
            one.deviation_payoff,
            one.deviation_se,
            game.how(i, one.deviation.strategy),
        ),
        "gain_over_recommended": one.over_recommended,
        "individually_rational": one.rational,
        "budget_needed": one.budget_needed,
        "reason": one.reason,
        "landscape": tuple(one.landscape),
        "damage": one.damage,
    }
