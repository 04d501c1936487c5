"""Functions that remember what they have answered."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import Any, TypeVar, cast

Work = TypeVar("Work", bound=Callable[..., Any])


def remembered(most: int) -> Callable[[Work], Work]:
    """As `lru_cache`; arguments without a hash, as a user's own may be, are answered each time.

    >>> @remembered(10)
    ... def total(numbers):
    ...     return sum(numbers)
    >>> total((1, 2)), total([1, 2])
    (3, 3)
    """

    def decorate(work: Work) -> Work:
        known = lru_cache(maxsize=most)(work)

        @wraps(work)
        def ask(*arguments: Any) -> Any:
            try:
                return known(*arguments)
            except TypeError:
                if _hashable(arguments):
                    raise
                return work(*arguments)

        ask.cache_clear = known.cache_clear  # type: ignore[attr-defined]
        return cast(Work, ask)

    return decorate


def _hashable(arguments: tuple[Any, ...]) -> bool:
    try:
        hash(arguments)
    except TypeError:
        return False
    return True
