"""How promises of classes are tested: what any piece of a game answers, world by world.

A `piece.Piece` draws blocks of inputs and answers them; a promise is held by what its answers must
have in common. Whoever breaks one is told so by a ContractError, one line with class, promise and
what was seen.
"""
