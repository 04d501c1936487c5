"""CBL, "corrupt based on leverage" (Clinton et al., section 4)."""

from nashbox.mechanisms.cbl.mechanism import Cbl, CblTerms

__all__ = ["Cbl", "CblTerms"]
