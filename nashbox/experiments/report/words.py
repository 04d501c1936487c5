"""A deviation in words that a lawyer may read."""

from __future__ import annotations

from typing import Any

from nashbox.experiments.audit.words import RECOMMENDED
from nashbox.experiments.html import Html, element, escaped, joined
from nashbox.experiments.report.body import Printed
from nashbox.games.registry import declared, engine, named
from nashbox.problem.parameters import described_parameters, summary


def sentence(words: str) -> str:
    """Words as a sentence."""
    return f"{words[0].upper()}{words[1:]}."


ESTIMATORS = {
    "pitman": "estimate in the best way that moves along with the data (Pitman's estimator)",
    "accept": "accept the answer as it is",
    "own": "ignore the answer and estimate from the own points",
}


def deviation(row: Printed, distributions: list[str], game: str) -> Html:
    """What agent `row`'s best deviation found does, in a sentence or two."""
    told: Html = engine(declared(game), "deviation_told")(row, distributions, game)
    return told


def by_documentation(row: Printed, distributions: list[str], game: str) -> Html:
    """A strategy and its parameters, with what is documented of them."""
    name, best = row.get("best_deviation", "strategy"), row.at("best_deviation", "parameters")
    if name == "recommended":
        return escaped(f"{RECOMMENDED}.")
    cls: type[Any] | None = named(declared(game), "menu").get(name)
    doc = summary(cls)
    docs = {p.name: p.doc for p in described_parameters(cls)} if cls else {}
    told = [
        joined([f"{key} = ", best.value(key), f" ({docs[key]})" if docs.get(key) else ""])
        for key in best.get() or {}
    ]
    parts: list[object] = [element("code", name), f": {doc}" if doc else "."]
    if told:
        parts += [" With ", joined(told, "; "), "."]
    return joined(parts)


SEVERAL = {"penalty": "penalties", "payoff": "payoffs"}
SCALES = {
    "penalty": "each agent's penalty",
    **{
        several: f"the range of {several} that each agent reaches by what was examined"
        for several in SEVERAL.values()
    },
}


def epsilon_in_words(result: Printed, scale: str) -> Html:
    """Which gains count; scale: a word of SCALES."""
    if result.get("epsilon") is None:
        share = f"a share of {SCALES[scale]}, a thousandth unless another is asked for"
        return escaped(f"{share}; a smaller gain counts as none")
    return joined([result.value("epsilon"), "; a smaller gain counts as none"])


def by_counts(row: Printed, distributions: list[str], game: str) -> Html:
    """A translation-equivariant strategy by counts, shift and estimator, others as documented."""
    if row.get("best_deviation", "strategy") != "equivariant":
        return by_documentation(row, distributions, game)
    best = row.at("best_deviation", "parameters")
    parts: list[object] = []
    for k, name in enumerate(distributions):
        of = f" of {name}" if len(distributions) > 1 else ""
        if _at(best, "collect", k).get() is None:
            parts.append(f"collect what is owed{of}")
        else:
            parts.append(joined(["collect ", _at(best, "collect", k).n(), f" points{of}"]))
        if _at(best, "submit", k).get() is None:
            parts.append(" and hand all of them in")
        else:
            parts += [" and hand ", _at(best, "submit", k).n(), " in"]
        if _at(best, "shift", k).get():
            parts += [", moved by ", _at(best, "shift", k).n()]
        parts.append("; ")
    estimator = best.get("estimator")
    if isinstance(estimator, str):
        parts.append(ESTIMATORS.get(estimator, estimator))
    elif estimator is not None:
        parts += ["use the answer with weight ", best.value("estimator")]
        parts.append(" and the own mean with the rest")
    return joined([*parts, "."])


def _at(best: Printed, key: str, k: int) -> Printed:
    """One number of a parameter that is one number, or one per distribution."""
    return best.at(key, k) if isinstance(best.get(key), list) else best.at(key)
