"""The key `strategies` of a problem file: who plays something else than what is recommended."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from nashbox.problem.errors import InputError, brief
from nashbox.problem.spec import Spec, check_known

NamedBy = Callable[[int, object, str], Spec]  # of an agent's place, a value, and where it stands


def _parsed(_: int, value: object, where: str) -> Spec:
    return Spec.parse(value, where)


def read_strategies(
    value: object, names: Sequence[str], shown: str, spec_of: NamedBy = _parsed
) -> dict[str, Spec]:
    """Read the key, without who plays what is recommended. Raises InputError.

    spec_of: reads how a strategy of the agent in this place is named.
    """
    places = {name: i for i, name in enumerate(names)}
    found = {
        name: spec_of(places[name], given, f"{shown}: strategies.{name}")
        for name, given in by_agent(value, names, shown).items()
    }
    return own_ones(found, shown)


def by_agent(value: object, names: Sequence[str], shown: str) -> Mapping[str, object]:
    """The key as a table of agents, empty for "recommended". Raises InputError."""
    if value == "recommended":
        return {}
    if not isinstance(value, Mapping):
        raise InputError(
            f"{shown}: strategies must be 'recommended' or a table of agents, got {brief(value)}"
        )
    check_known(value, names, "agent", f"{shown}: strategies")
    return value


def own_ones(strategies: Mapping[str, Spec], shown: str) -> dict[str, Spec]:
    """Those of agents who play something else than is recommended. Raises InputError."""
    found = {name: of_ones_own(s, f"{shown}: strategies.{name}") for name, s in strategies.items()}
    return {name: spec for name, spec in found.items() if spec is not None}


def of_ones_own(spec: Spec, where: str) -> Spec | None:
    """A strategy as it is named, None for the recommendation. Raises InputError."""
    if spec.name != "recommended":
        return spec
    if spec.parameters:
        raise InputError(
            f"{where}: 'recommended' has no parameters, got {brief(dict(spec.parameters))}"
        )
    return None
