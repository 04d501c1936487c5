"""Observation models that several tests share."""

from fractions import Fraction

from nashbox.problem.observations import ObservationModel

HALF = Fraction(1, 2)
parse = ObservationModel.parse
COIN = parse([0.6, 0.4], [0.4, 0.6])
SHARP = parse([0.8, 0.2], [0.5, 0.5])
SIX = parse([0.28, 0.22, 0.18, 0.14, 0.10, 0.08], [0.09, 0.11, 0.13, 0.17, 0.23, 0.27])
CASES = {"a": {"A": COIN, "B": COIN}, "c": {"A": SHARP, "B": COIN}}
