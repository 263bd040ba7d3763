"""What `courtside audit` was asked for, the audit that comes of it, and what becomes of its baseline."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from console.cli.arguments import UsageError
from screens.lines import Line, Span, Tone, flow
from screens.text.amount import counted

if TYPE_CHECKING:
    from console.audits.audit import Outcome
    from console.audits.choosing import Only
    from console.audits.options import Options

STDOUT = "-"
"""The name of a file that stands for the output."""
MOST_SHOWN = 20
"""Lines of a baseline that are listed where they are not written."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What was typed."""

    what: tuple[str, ...]
    only: tuple[str, ...] = ()
    baseline: Path | None = None
    changed_since: str | None = None
    sarif: str | None = None
    update_baseline: bool = False
    accept_new: bool = False
    include_tests: bool = False
    shows: bool = False

    def refuse_contradiction(self) -> None:
        """Raise UsageError for what cannot go together; `shows` is whether something besides SARIF is to be shown."""
        if self.accept_new and not self.update_baseline:
            raise UsageError("--accept-new says what --update-baseline may add: give both")
        if self.sarif == STDOUT and self.shows:
            raise UsageError(
                "--sarif - writes SARIF to the output and nothing else: give it a file, or leave out --json, --explain, --fix "
                "and --sync"
            )


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be audited: the checks (all when empty), where, how, what of it, and against which baseline."""

    checks: tuple[str, ...]
    place: Path
    options: Options
    only: Only
    baseline: Path | None


def asked_for(wish: Wish) -> Asked:
    """Return what was asked for. Raises UsageError, AuditError."""
    from console.audits.baseline import baseline_of
    from console.audits.catalogue import chosen
    from console.audits.changed import changed_since
    from console.audits.choosing import Only, folders_in, why_not_from_here
    from console.audits.options import read_options

    place, checks = _place(wish.what), wish.what[:-1]
    chosen(checks)
    if why := why_not_from_here(place, checks, _stake(wish)):
        raise UsageError(why)
    root = (place if place.is_dir() else place.parent).resolve()
    options = read_options(root)
    baseline = wish.baseline or baseline_of(root, options)
    if wish.update_baseline and baseline is None:
        raise UsageError("--update-baseline needs --baseline FILE, or `baseline` in [tool.courtside.audit]")
    if baseline is not None and not baseline.exists() and not wish.update_baseline:
        raise UsageError(f"{baseline}: there is no baseline; --update-baseline makes it")
    changed = None if wish.changed_since is None else changed_since(root, wish.changed_since)
    only = Only(folders_in(root, wish.only), changed)
    return Asked(
        checks, place, replace(options, include_tests=wish.include_tests or options.include_tests), only, baseline
    )


def _place(what: Sequence[str]) -> Path:
    """Return the folder to audit, the last of what was typed. Raises UsageError where it is not given, AuditError likewise."""
    from console.audits.catalogue import chosen, elsewhere, is_check
    from console.audits.values import AuditError

    if not what:
        raise UsageError(_WHERE)
    place = Path(what[-1])
    try:
        is_there = place.exists()
    except OSError as error:
        raise AuditError(f"{place}: {error.strerror or error}; what is in it is not known") from error
    if not is_there and elsewhere(what[-1]):
        chosen(what[-1:])
    if not is_there and is_check(what[-1]):
        raise UsageError(_WHERE)
    return place


_WHERE = "give the folder to audit behind the checks: courtside audit source.streaming_inserts ."


def _stake(wish: Wish) -> str:
    """Return what was asked for that names files as they are seen from the root of a checkout, or ""."""
    if wish.baseline is not None or wish.update_baseline:
        return "a baseline names files as they are seen from there, so another file of the same name would be taken for them"
    return "SARIF names files as they are seen from there" if wish.sarif is not None else ""


def outcome_of(asked: Asked) -> Outcome:
    """Return the audit, held against its baseline where that is there. Raises AuditError."""
    from console.audits.audit import audit
    from console.audits.baseline import held_against, read_baseline

    outcome = audit(asked.place, asked.checks, asked.options, asked.only)
    if asked.baseline is None or not asked.baseline.exists():
        return outcome
    return held_against(outcome, read_baseline(asked.baseline), asked.only)


@dataclass(frozen=True, slots=True)
class BaselineChange:
    """What becomes of a baseline: lines that come and go and that say how bad it is now, and why that is not written, or "".

    `advice` is what should be done besides, or "".
    """

    path: Path
    added: tuple[str, ...]
    removed: tuple[str, ...]
    renewed: tuple[str, ...]
    is_new: bool
    refused: str
    advice: str = ""

    def lines(self, width: int) -> list[Line]:
        """Return it as text; what is not written is listed."""
        made = f"made with {counted(len(self.added), 'line')}"
        said = made if self.is_new else f"{counted(len(self.removed), 'line')} taken out, {len(self.added)} added"
        said += f", the severity of {len(self.renewed)} renewed" if self.renewed else ""
        if not self.refused:
            texts = [f"{self.path}: {said}", *([self.advice] if self.advice else [])]
            return [row for text in texts for row in flow([Span(text, Tone.FAINT)], width, hang=2)]
        listed = [f"{sign} {line}" for sign, lines in zip("-+~", self._parts, strict=True) for line in lines]
        more = [f"and {len(listed) - MOST_SHOWN} more"] if len(listed) > MOST_SHOWN else []
        lines = flow([f"{self.refused}; {self.path} would be: {said}"], width, hang=2)
        return [*lines, *((Span(text.replace("\t", " ")),) for text in (*listed[:MOST_SHOWN], *more))]

    @property
    def _parts(self) -> tuple[tuple[str, ...], ...]:
        return (self.removed, self.added, self.renewed)

    def document(self) -> dict[str, object]:
        """Return it for a document."""
        return {
            "path": str(self.path),
            "added": list(self.added),
            "removed": list(self.removed),
            "renewed": list(self.renewed),
            "applied": not self.refused,
            "reason": self.refused,
            "advice": self.advice,
        }


def updated(asked: Asked, outcome: Outcome, *, accept_new: bool, why_not: str) -> tuple[Outcome, BaselineChange | None]:
    """Make the baseline, or take out of it what is mended and, with `accept_new`, add what is new; return how it stands then.

    With a reason `why_not` nothing is written. Raises AuditError, OSError.
    """
    from console.audits.baseline import change_baseline, line_of, renewed, write_baseline
    from console.audits.merging import merge_advice

    path = asked.baseline
    if path is None:
        return outcome, None
    is_new = not path.exists()
    added = tuple(sorted({line_of(spot) for spot in outcome.spots})) if is_new or accept_new else ()
    writes = bool(is_new or added or outcome.stale or outcome.outdated)
    change = BaselineChange(path, added, outcome.stale, renewed(outcome), is_new, "")
    if why_not and writes:
        return outcome, replace(change, refused=f"nothing was written: {why_not}")
    if is_new:
        write_baseline(path, added)
    elif writes:
        change_baseline(path, outcome, added)
    return outcome_of(asked), replace(change, advice=merge_advice(path) if writes else "")
