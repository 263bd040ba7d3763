"""Shares totals out exactly and varies values without chance, so that every build gives the same rows."""

from __future__ import annotations

import zlib
from collections.abc import Sequence


def evenly(total: int, parts: int) -> list[int]:
    """Return `parts` whole numbers that sum to `total` and differ by at most one, the greater ones first."""
    return [total // parts + (n < total % parts) for n in range(parts)]


def apportion(total: int, weights: Sequence[int]) -> list[int]:
    """Return whole numbers proportional to `weights` that sum to `total` (largest remainder; the first of equals wins).

    Raises ZeroDivisionError when all weights are zero.
    """
    whole = sum(weights)
    shares = [total * weight // whole for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda n: -(total * weights[n] % whole))
    for n in by_remainder[: total - sum(shares)]:
        shares[n] += 1
    return shares


def fill(total: int, rooms: Sequence[int]) -> list[int]:
    """Return how much of `total` each room takes when they are filled in order, at most to its size."""
    taken = []
    for room in rooms:
        taken.append(min(room, total))
        total -= taken[-1]
    return taken


def wobble(key: str, spread: float) -> float:
    """Return a value from `-spread` to `spread` that depends on `key` alone."""
    return (zlib.crc32(key.encode()) / 0xFFFFFFFF * 2 - 1) * spread


def scatter(count: int) -> list[int]:
    """Return 0 to `count - 1` in a fixed order that mixes near and far."""
    return sorted(range(count), key=lambda n: zlib.crc32(n.to_bytes(4, "big")))
