"""The chain: each entry carries a hash over itself and over the hash of the one before, so that an edit shows. Pure.

This finds whoever changes the record without doing its arithmetic again. Whoever computes all hashes anew from some entry on
makes a chain that is whole; that shows only beside a last hash noted earlier (`courtside journal verify` prints it) or a copy.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from console.actions.entry import ActionEntry, UnreadableEntryError, entry_of

BEGINNING = "0" * 64
"""What the first entry carries as the hash of the one before."""

_SHOWN = 12
"""Digits of a hash that are enough to tell two apart by eye."""


@dataclass(frozen=True, slots=True)
class Link:
    """An entry in its place: its number (from 1), its canonical text, the hash of the one before and its own (SHA-256, hex)."""

    number: int
    text: str
    previous: str
    hash: str

    @property
    def entry(self) -> ActionEntry | None:
        """The entry; None where the text can no longer be read as one."""
        try:
            return entry_of(self.text)
        # courtside: ignore[silent_exceptions] None is the answer: the chain says which entry cannot be read
        except UnreadableEntryError:
            return None


@dataclass(frozen=True, slots=True)
class BrokenLink:
    """The first place where the chain does not hold.

    `what` is what differs, as the end of a sentence about entry `number`. `link` is what is found there, None where nothing is;
    `before` is the last entry that holds, None where the first one does not.
    """

    number: int
    what: str
    link: Link | None
    before: Link | None


def hash_of(previous: str, text: str) -> str:
    """Return the hash of an entry's canonical text after the hash of the entry before."""
    return hashlib.sha256(f"{previous}\n{text}".encode(errors="surrogatepass")).hexdigest()


def verify(links: Iterable[Link], newest: int = 0) -> BrokenLink | None:
    """Return the first broken link, None where all hold. `links` come in the order of their numbers.

    `newest` is the highest number ever given, without which missing entries at the end cannot be noticed.
    """
    before: Link | None = None
    expected = 1
    for link in links:
        if link.number > expected:
            return BrokenLink(expected, _missing(link.number - expected), None, before)
        what = _damage(link, expected, before)
        if what:
            return BrokenLink(link.number, what, link, before)
        before, expected = link, expected + 1
    if newest >= expected:
        return BrokenLink(expected, _missing(newest - expected + 1), None, before)
    return None


def _missing(count: int) -> str:
    if count == 1:
        return "it is missing: somebody deleted it"
    return f"it and the {'next' if count == 2 else f'{count - 1} after it'} are missing: somebody deleted them"


def _damage(link: Link, expected: int, before: Link | None) -> str:
    """Return what is the matter with a link, or ""."""
    previous = before.hash if before is not None else BEGINNING
    if link.number < expected:
        return f"somebody inserted it: it stands where entry {expected} belongs"
    if link.previous != previous:
        return (
            f"it was written after an entry with the hash {link.previous[:_SHOWN]}, and before it now stands "
            f"{previous[:_SHOWN]}: one of the two was exchanged, inserted or changed together with its hash"
        )
    found = hash_of(previous, link.text)
    if link.hash != found:
        return (
            f"its content is not what was written: that had the hash {link.hash[:_SHOWN]}, "
            f"what stands there now has {found[:_SHOWN]}"
        )
    return "" if link.entry is not None else "it was not written by courtside: it cannot be read"
