"""The newest of something, kept between messages: bounded in number and in time, in memory alone, gone at a restart."""

import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Recent(Generic[K, V]):
    """The newest `size` values, each for `seconds`; the one that was used longest ago goes first.

    >>> now = [0.0]
    >>> kept = Recent(2, seconds=60, clock=lambda: now[0])
    >>> kept.put("a", 1); kept.put("b", 2); kept.put("c", 3)
    >>> kept.get("a"), kept.get("c")
    (None, 3)
    >>> now[0] = 61
    >>> kept.get("c") is None, len(kept)
    (True, 1)
    """

    def __init__(self, size: int, *, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.size = size
        self.seconds = seconds
        self._clock = clock
        self._kept: OrderedDict[K, tuple[float, V]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._kept)

    def get(self, key: K) -> V | None:
        """The value, or `None` where there is none or it is too old."""
        if key not in self._kept:
            return None
        put_at, value = self._kept[key]
        if self._clock() - put_at > self.seconds:
            del self._kept[key]
            return None
        self._kept.move_to_end(key)
        return value

    def put(self, key: K, value: V) -> None:
        """Keep a value from now on, in place of an earlier one."""
        self._kept[key] = (self._clock(), value)
        self._kept.move_to_end(key)
        while len(self._kept) > self.size:
            self._kept.popitem(last=False)

    def drop(self, key: K) -> None:
        """Forget a value, whether there is one or not."""
        self._kept.pop(key, None)
