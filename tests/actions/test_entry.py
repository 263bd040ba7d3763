from __future__ import annotations

import json
from dataclasses import astuple, fields
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.actions.entry import (
    LONGEST_STATE,
    ActionEntry,
    Actor,
    EntryKind,
    UnreadableEntryError,
    canonical_text,
    cleaned,
    entry_of,
)
from tests.actions.entries import NOW, entry

texts = st.text(max_size=20)
entries = st.builds(
    ActionEntry,
    id=texts,
    at=st.datetimes(datetime(1970, 1, 2), timezones=st.just(UTC)),  # noqa: DTZ001 # hypothesis takes naive bounds
    kind=st.sampled_from(EntryKind),
    action=texts,
    subject=texts,
    actor=st.builds(Actor, texts, texts, texts, texts),
    plan_id=texts,
    reason=texts,
    before=texts,
    after=texts,
    outcome=texts,
)


@given(entries)
def test_an_entry_is_read_as_it_was_written(written: ActionEntry) -> None:
    assert entry_of(canonical_text(written)) == written


@given(entries)
def test_cleaning_twice_is_cleaning_once(written: ActionEntry) -> None:
    assert cleaned(cleaned(written)) == cleaned(written)


def test_the_canonical_text_is_ascii_with_sorted_keys_and_no_spaces_between() -> None:
    text = canonical_text(entry(subject="Dončić"))
    assert text.isascii()
    assert text == json.dumps(json.loads(text), sort_keys=True, separators=(",", ":"))


def test_the_same_moment_in_another_zone_is_the_same_text() -> None:
    eastern = NOW.astimezone(timezone(timedelta(hours=-5)))
    assert canonical_text(entry(at=eastern)) == canonical_text(entry(at=NOW))


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        entry(at=datetime(2026, 1, 23, 6, 20))  # noqa: DTZ001 # what is refused


def test_no_field_keeps_what_a_terminal_obeys() -> None:
    hostile = "\x1b]0;title\x07LAL\u202e@DAL\n"
    names = [field.name for field in fields(ActionEntry) if field.name not in ("at", "kind", "actor")]
    written: dict[str, Any] = {**dict.fromkeys(names, hostile), "actor": Actor(*[hostile] * 4)}
    kept = cleaned(entry(**written))
    assert {getattr(kept, name) for name in names} | set(astuple(kept.actor)) == {"LAL@DAL "}


def test_no_secret_is_kept_even_with_an_escape_sequence_inside() -> None:
    kept = cleaned(entry(outcome="refused: xo\x1b[0mxb-123-abc", reason="see https://hooks.slack.com/services/T0/B0/x"))
    assert (kept.outcome, kept.reason) == ("refused: (hidden)", "see https://hooks.slack.com/(hidden)")


def test_a_reason_is_cut_at_a_thousand_characters_and_a_state_later() -> None:
    kept = cleaned(entry(reason="x" * 20_000, before="x" * 20_000))
    assert (len(kept.reason), len(kept.before)) == (1_000, LONGEST_STATE)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "null",
        "[]",
        "{}",
        "[" * 100_000,
        canonical_text(entry()).replace('"attempt"', '"guess"'),
        canonical_text(entry()).replace('"2026-', '"26-'),
        canonical_text(entry()).replace('"2026-', '"0001-'),
        canonical_text(entry()).replace('00Z"', '00"'),
        canonical_text(entry()).replace('00Z"', '00+24:00"'),
        canonical_text(entry()).replace('"done"', "1"),
        canonical_text(entry()).replace('"outcome"', '"result"'),
        canonical_text(entry()).replace('"host"', '"ghost"'),
    ],
)
def test_what_is_no_entry_is_said_to_be_unreadable(text: str) -> None:
    with pytest.raises(UnreadableEntryError, match="no entry of this version"):
        entry_of(text)
