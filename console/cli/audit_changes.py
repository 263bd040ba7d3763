"""What `courtside audit --fix` and `--sync` would change, shown before anybody is asked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from console.cli.consent import agreed
from console.cli.page import Palette, write
from screens.lines import BLANK, Line, Span, Tone, flow, line
from screens.text.amount import counted

if TYPE_CHECKING:
    from console.audits.audit import Outcome
    from console.audits.copies.syncing import CopyPlan
    from console.audits.fixing.rewriting import Left, Rewrite
    from console.audits.options import Options
    from console.cli.shell import Shell


@dataclass(frozen=True, slots=True)
class Change:
    """What would be done: its lines, its form in a document, how many files or copies it is, and what does it."""

    lines: tuple[Line, ...]
    document: dict[str, object]
    size: int
    question: str
    apply: Callable[[], None]


@dataclass(frozen=True, slots=True)
class Done:
    """Whether a change was written, and if not, why not; `is_refused` where it may not be."""

    is_applied: bool = False
    reason: str = ""
    is_refused: bool = False


def carried_out(change: Change, shell: Shell, *, yes: bool, silent: bool, why_not: str) -> Done:
    """Show a change and carry it out: with `yes`, or when whoever sits at the terminal agrees, and without a reason `why_not`.

    With `silent` (JSON was asked for) nothing is shown and nobody is asked.
    """
    palette = Palette(shell.wants_color(None))
    if not silent:
        write(change.lines, shell.out, palette)
    if change.size == 0:
        return Done()
    reason = why_not or _unasked(change, shell, yes=yes, silent=silent)
    if not reason:
        change.apply()
        return Done(is_applied=True)
    said = f"nothing was written: {reason}"
    if not silent:
        write(flow([Span(said, Tone.STRONG)], 100), shell.out, palette)
    return Done(reason=said, is_refused=bool(why_not))


def _unasked(change: Change, shell: Shell, *, yes: bool, silent: bool) -> str:
    """Return why nobody has agreed to a change, or ""; asks where that can be."""
    if yes:
        return ""
    if silent or not shell.has_keyboard:
        return f"nobody can be asked {'with --json' if silent else 'here'}; with --yes it is written without a question"
    return "" if agreed(shell.err, change.question) else "nobody agreed"


def rewriting(outcome: Outcome, options: Options) -> Change:
    """Return what `--fix` would do. Raises AuditError."""
    from console.audits.fixing import rewriting as rewrites  # only where something is rewritten

    made, left = rewrites.plan(outcome.root, [spot.hit for spot in (*outcome.spots, *outcome.known)], options)
    calls = sum(len(one.lines) for one in made)
    document = {
        "rewritten": [{"file": one.path, "lines": list(one.lines), "diff": list(one.diff)} for one in made],
        "left": [{"place": one.place, "reason": one.reason} for one in left],
    }
    return Change(
        tuple(_fix_lines(made, left)),
        document,
        len(made),
        f"Rewrite {counted(calls, 'call')} in {counted(len(made), 'file')}?",
        lambda: rewrites.apply(outcome.root, made),
    )


def _fix_lines(made: Sequence[Rewrite], left: Sequence[Left]) -> list[Line]:
    lines: list[Line] = []
    for one in made:
        lines.extend(line(Span(text, _tone(text))) for text in one.diff)
        lines.append(BLANK)
    for item in left:
        lines.extend(flow([f"{item.place}: {item.reason}"], 100, first=Span("left     ", Tone.FAINT)))
    if not made and not left:
        lines.append(line("there is no streaming insert to rewrite"))
    return lines


def _tone(text: str) -> Tone:
    if text.startswith("+"):
        return Tone.OK
    return Tone.ERROR if text.startswith("-") else Tone.PLAIN


def syncing(root: Path, options: Options) -> Change:
    """Return what `--sync` would do. Raises AuditError."""
    from console.audits.copies import syncing as copies  # only where something is copied

    plans = copies.plan(root, options)
    able = [one for one in plans if not one.refused]
    document = {
        "synced": [{"copy": one.copy, "steps": list(one.steps)} for one in able],
        "refused": [{"copy": one.copy, "reason": one.refused} for one in plans if one.refused],
    }
    return Change(
        tuple(_sync_lines(plans)),
        document,
        len(able),
        f"Bring {counted(len(able), 'copy', 'copies')} up to date?",
        lambda: _sync(root, options, able),
    )


def _sync(root: Path, options: Options, plans: Sequence[CopyPlan]) -> None:
    """Bring copies up to date; a signal to stop is heeded between two of them. Raises AuditError, OSError."""
    from console.audits.copies import syncing as copies
    from console.stop_signals import StopSignals

    with StopSignals(hangup=True) as signals:
        copies.apply(root, options, plans, signals.stopping)


def _sync_lines(plans: Sequence[CopyPlan]) -> list[Line]:
    lines: list[Line] = []
    for one in plans:
        lines.append(line(Span(one.copy, Tone.STRONG)))
        if one.refused:
            lines.extend(flow([one.refused], 100, first=Span("refused  ", Tone.WARNING)))
        else:
            lines.extend(line("         ", step) for step in one.steps)
    return lines or [line("every copy is as the original is")]
