"""The ways in which a copy of the shared code differs from the original, and what is said of each."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from checks.model import Severity


class Drift(Enum):
    """How a file of a copy differs; the value is the rule's name."""

    STALE = "stale"
    CHANGED = "changed"
    DIFFERS = "differs"
    """Stale or changed: the history that would tell is not there. `UNTOLD` likewise, of a file that the original lacks."""
    MISSING = "missing"
    FOLDER = "folder"
    LEFT_OVER = "left_over"
    EXTRA = "extra"
    UNTOLD = "untold"
    LINE_ENDS = "line_ends"
    MODE = "mode"
    UNASKED = "unasked"
    """Missing, and perhaps because git ignores the original: it could not be asked."""
    STRAY_LINK = "stray_link"
    ASTRAY = "original_link"
    UNREADABLE = "unreadable"
    NO_ORIGINAL = "no_original"
    NO_COPY = "no_copy"
    LACKING = "lacking"
    LEFTOVER = "killed_sync"
    ONLY_COPY = "killed_sync_holds_copy"
    NOTHING = "nothing_to_compare"
    WITHHELD = "withheld"
    """A file of the original that git does not keep and that no copy is given."""


@dataclass(frozen=True, slots=True)
class Saying:
    """What is said of a drift; `{original}` is the original's file.

    `does` is what `--sync` does about it in a word; where it is empty the copy is refused, and `refusal` says why.
    """

    severity: Severity
    says: str
    remedy: str
    does: str = ""
    refusal: str = ""


_UNTOLD = "the history does not reach back, so it cannot be told stale from changed"
_FETCH = "fetch all of the history (git fetch --unshallow; of a submodule, in its folder) and audit again"
_BY_HAND = "carry over to the original what it needs of it, remove it from the copy, then courtside audit --sync PATH"
_OWN = "it holds what was never committed as a version of the original, under its name"
_CONFIGURE = "correct `shared` and `copies` in [tool.courtside.audit] of pyproject.toml"

SAYINGS = {
    Drift.STALE: Saying(
        Severity.ERROR,
        "is an older version of {original}",
        "courtside audit --sync PATH brings it up to date",
        does="update",
    ),
    Drift.CHANGED: Saying(
        Severity.ERROR,
        "differs from {original}, and is no version of it that was ever committed under that name",
        _BY_HAND,
        refusal=_OWN,
    ),
    Drift.DIFFERS: Saying(
        Severity.ERROR, f"differs from {{original}}; {_UNTOLD}", f"{_FETCH}; or {_BY_HAND}", refusal=_UNTOLD
    ),
    Drift.MISSING: Saying(
        Severity.WARNING, "is missing; {original} is there", "courtside audit --sync PATH adds it", does="add"
    ),
    Drift.UNASKED: Saying(
        Severity.WARNING,
        "is missing; {original} is there, and git could not be asked whether it ignores that",
        "let git answer in the audited folder (git status says what is wrong), and audit again",
        refusal="git could not be asked what it ignores, which may be a secret",
    ),
    Drift.LINE_ENDS: Saying(
        Severity.WARNING,
        "differs from {original} in how its lines end, and in nothing else",
        "courtside audit --sync PATH makes them alike; let .gitattributes say the same of both, so that they stay so",
        does="update",
    ),
    Drift.MODE: Saying(
        Severity.WARNING,
        "and {original} hold the same, but only one of them can be executed",
        "courtside audit --sync PATH takes it over from the original",
        does="update",
    ),
    Drift.FOLDER: Saying(
        Severity.WARNING,
        "is a folder, and {original} is a file",
        "courtside audit --sync PATH replaces it",
        does="replace",
    ),
    Drift.LEFT_OVER: Saying(
        Severity.WARNING,
        "is a version of {original}, which was removed since",
        "courtside audit --sync PATH removes it",
        does="remove",
    ),
    Drift.EXTRA: Saying(
        Severity.WARNING,
        "is in the copy alone, and no version of a {original} that was ever committed under that name",
        "move it into the original, or out of the copy: a copy is overwritten",
        refusal=_OWN,
    ),
    Drift.UNTOLD: Saying(
        Severity.WARNING,
        "is in the copy alone; the history does not reach back, so it cannot be told whether {original} was ever there",
        f"{_FETCH}; or move it into the original, or out of the copy",
        refusal=_UNTOLD,
    ),
    Drift.STRAY_LINK: Saying(
        Severity.ERROR,
        "is a link that leads elsewhere than to {original}",
        "let it lead to the original, or remove it, then courtside audit --sync PATH",
        refusal="there is a link that leads elsewhere than to the original",
    ),
    Drift.ASTRAY: Saying(
        Severity.UNKNOWN,
        "cannot be compared: {original} is a link to nothing, out of the audited folder, to a folder around it, or to what git "
        "ignores",
        "replace the link in the original by what it should lead to",
        refusal="the original has a link to what no copy can hold",
    ),
    Drift.UNREADABLE: Saying(
        Severity.UNKNOWN,
        "or {original} cannot be read, so whether they are alike is not known",
        "make both regular files that can be read",
        refusal="it, or the original, holds what cannot be read",
    ),
    Drift.NO_ORIGINAL: Saying(
        Severity.UNKNOWN,
        "is no folder inside the audited one, or holds no file but what git ignores, so its copies were compared with nothing",
        f"{_CONFIGURE}, or fetch it where it is a submodule (git submodule update --init)",
        refusal="there is no such folder inside the audited one, or nothing in it, to copy from",
    ),
    Drift.NO_COPY: Saying(
        Severity.UNKNOWN,
        "is where copies of {original} should be, and no folder is there: nothing was compared",
        _CONFIGURE,
        refusal="no folder is there that could be brought up to date",
    ),
    Drift.LACKING: Saying(
        Severity.WARNING,
        "is not there, and the code beside it imports it; other functions have a copy of {original}",
        "make the folder, then courtside audit --sync PATH fills it",
        refusal="there is no such folder: make it, and it is filled",
    ),
    Drift.LEFTOVER: Saying(
        Severity.WARNING,
        "was left by a --sync that was killed, and would be deployed with the function",
        "courtside audit --sync PATH removes it",
        does="remove all of it, which a killed --sync left",
    ),
    Drift.ONLY_COPY: Saying(
        Severity.ERROR,
        "was left by a --sync that was killed, and the copy beside it is gone: this may hold the only one",
        "move the folder `old` in it, or else `new`, to where the copy was, then courtside audit --sync PATH",
        refusal="it may hold the only copy: move that out of it, to where it was",
    ),
    Drift.NOTHING: Saying(
        Severity.OK,
        "has no copies, or is not there itself: nothing was compared",
        "",
        refusal="there was nothing to compare",
    ),
    Drift.WITHHELD: Saying(
        Severity.OK,
        "is not kept by git, and looks like a secret or like nothing that git keeps here: no copy is given it",
        "git add it, if it is no secret and to be shared",
        refusal="left out of the copies, as git does not keep it and it is named like a secret or like nothing that git keeps "
        "here; git add it if it is no secret and to be shared",
    ),
}


@dataclass(frozen=True, slots=True)
class Difference:
    """One file of one copy that is not as the original: `name` is its path inside the copy, "" for the copy itself.

    `sources` are paths in the audited folder that decide what it should be: the original's file, and what that leads to.
    """

    copy: str
    name: str
    drift: Drift
    sources: tuple[str, ...] = ()

    @property
    def path(self) -> str:
        """Its path in the audited folder."""
        return f"{self.copy}/{self.name}" if self.name else self.copy

    def concerns(self, only: frozenset[str] | None) -> bool:
        """Return whether it is about one of the paths `only`, as all are without one and what could not be compared is."""
        is_whole = self.drift in (Drift.NO_ORIGINAL, Drift.NO_COPY, Drift.LEFTOVER, Drift.ONLY_COPY)
        return only is None or is_whole or not only.isdisjoint((self.path, *self.sources))
