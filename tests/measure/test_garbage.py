"""The collector of garbage rests while a model plays, and only then."""

import gc

import pytest

from nashbox.measure.garbage import kept_until_the_end


@pytest.mark.parametrize("on", [True, False])
def test_it_is_afterwards_as_before(on):
    was = gc.isenabled()
    try:
        gc.enable() if on else gc.disable()
        with pytest.raises(ValueError, match="broken"), kept_until_the_end():
            assert not gc.isenabled()
            raise ValueError("broken")
        assert gc.isenabled() == on
    finally:
        gc.enable() if was else gc.disable()
