"""Requests a minute, counted for each client."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

MANY = 10_000  # clients; those that were not heard of for a minute are forgotten then


@dataclass
class Bucket:
    """A token bucket: so many requests at once, and as many again in a minute."""

    level: float
    since: float


@dataclass
class Rate:
    """The limit, and what each client has left of it."""

    per_minute: int  # 0: any number
    clock: Callable[[], float] = time.monotonic
    _buckets: dict[str, Bucket] = field(default_factory=dict)

    def wait(self, client: str) -> float:
        """Count a request; give the seconds the client has to wait, 0 for none."""
        if self.per_minute <= 0:
            return 0.0
        now, each = self.clock(), 60 / self.per_minute
        if len(self._buckets) > MANY:
            self._buckets = {k: b for k, b in self._buckets.items() if now - b.since < 60}
        bucket = self._buckets.setdefault(client, Bucket(self.per_minute, now))
        bucket.level = min(self.per_minute, bucket.level + (now - bucket.since) / each)
        bucket.since = now
        if bucket.level < 1:
            return (1 - bucket.level) * each
        bucket.level -= 1
        return 0.0
