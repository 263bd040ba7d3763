"""Whatever is done to a chain without doing its arithmetic again is found, at its first entry."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.actions.chain import BEGINNING, Link, hash_of, verify
from console.actions.entry import ActionEntry, Actor, EntryKind, canonical_text
from tests.actions.entries import ANN, chain, entry

WHOLE = chain(6)
FIELDS = [field.name for field in fields(ActionEntry)]
ACTOR_FIELDS = [field.name for field in fields(Actor)]


def changed(link: Link, altered: ActionEntry) -> Link:
    return replace(link, text=canonical_text(altered))


def test_no_entry_at_all_is_whole() -> None:
    assert verify([]) is None


def test_a_chain_as_it_was_written_is_whole() -> None:
    assert verify(WHOLE, newest=6) is None


def test_an_entry_that_was_appended_while_others_were_read_is_not_missed() -> None:
    assert verify(WHOLE, newest=5) is None


@given(
    position=st.integers(0, 5),
    field=st.sampled_from([name for name in FIELDS if name not in ("at", "kind", "actor")]),
    value=st.text(max_size=8),
)
def test_any_changed_text_is_found(position: int, field: str, value: str) -> None:
    link = WHOLE[position]
    before = link.entry
    assert before is not None
    altered = entry(position + 1, **{field: value})
    broken = verify([*WHOLE[:position], changed(link, altered), *WHOLE[position + 1 :]])
    if altered == before:
        assert broken is None
    else:
        assert broken is not None
        assert (broken.number, "not what was written" in broken.what) == (position + 1, True)
        assert broken.before == (WHOLE[position - 1] if position else None)


@given(position=st.integers(0, 5), field=st.sampled_from(ACTOR_FIELDS), value=st.text(max_size=8))
def test_any_changed_actor_is_found(position: int, field: str, value: str) -> None:
    altered = entry(position + 1, actor=replace(ANN, **{field: value}))
    broken = verify([*WHOLE[:position], changed(WHOLE[position], altered), *WHOLE[position + 1 :]])
    assert (broken is None) == (altered.actor == ANN)
    assert broken is None or broken.number == position + 1


@given(position=st.integers(0, 5), shift=st.timedeltas(timedelta(-10_000), timedelta(10_000)))
def test_any_changed_time_is_found(position: int, shift: timedelta) -> None:
    before = entry(position + 1)
    altered = replace(before, at=before.at + shift)
    broken = verify([*WHOLE[:position], changed(WHOLE[position], altered), *WHOLE[position + 1 :]])
    assert (broken is None) == (altered.at == before.at)


@pytest.mark.parametrize("kind", [kind for kind in EntryKind if kind is not EntryKind.ATTEMPT])
def test_a_changed_kind_is_found(kind: EntryKind) -> None:
    broken = verify([*WHOLE[:2], changed(WHOLE[2], entry(3, kind=kind)), *WHOLE[3:]])
    assert broken is not None
    assert broken.number == 3


@given(position=st.integers(0, 5), at=st.integers(0, 10_000), field=st.sampled_from(["text", "previous", "hash"]))
def test_any_changed_character_is_found(position: int, at: int, field: str) -> None:
    old = getattr(WHOLE[position], field)
    at %= len(old)
    new = replace(WHOLE[position], **{field: old[:at] + ("x" if old[at] != "x" else "y") + old[at + 1 :]})
    broken = verify([*WHOLE[:position], new, *WHOLE[position + 1 :]])
    assert broken is not None
    assert broken.number == position + 1


@given(st.permutations(range(6)))
def test_any_other_order_is_found_at_the_first_entry_out_of_place(order: list[int]) -> None:
    shuffled = [replace(WHOLE[old], number=new) for new, old in enumerate(order, start=1)]
    broken = verify(shuffled)
    first = next((place for place, old in enumerate(order) if place != old), None)
    assert (broken.number if broken else None) == (None if first is None else first + 1)


@given(st.sets(st.integers(1, 6), min_size=1))
def test_whatever_is_deleted_is_missed_from_its_first_entry_on(gone: set[int]) -> None:
    broken = verify([link for link in WHOLE if link.number not in gone], newest=6)
    assert broken is not None
    assert (broken.number, broken.link) == (min(gone), None)
    assert "missing" in broken.what


@pytest.mark.parametrize(
    ("gone", "said"),
    [
        ({2}, "it is missing: somebody deleted it"),
        ({2, 3}, "it and the next are missing: somebody deleted them"),
        ({2, 3, 4}, "it and the 2 after it are missing: somebody deleted them"),
        ({6}, "it is missing: somebody deleted it"),
    ],
)
def test_what_is_missing_is_said(gone: set[int], said: str) -> None:
    broken = verify([link for link in WHOLE if link.number not in gone], newest=6)
    assert broken is not None
    assert broken.what == said


def test_deleted_entries_whose_numbers_were_closed_up_are_found_at_the_next_one() -> None:
    closed = [*WHOLE[:2], *(replace(link, number=link.number - 1) for link in WHOLE[3:])]
    broken = verify(closed)
    assert broken is not None
    assert broken.number == 3
    assert f"an entry with the hash {WHOLE[2].hash[:12]}, and before it now stands {WHOLE[1].hash[:12]}" in broken.what


def test_an_entry_inserted_in_the_middle_is_found_even_with_a_right_hash_of_its_own() -> None:
    text = canonical_text(entry(99))
    new = Link(3, text, WHOLE[1].hash, hash_of(WHOLE[1].hash, text))
    broken = verify([*WHOLE[:2], new, *(replace(link, number=link.number + 1) for link in WHOLE[2:])])
    assert broken is not None
    assert broken.number == 4
    assert "one of the two was exchanged, inserted or changed together with its hash" in broken.what


def test_an_entry_before_the_first_is_found() -> None:
    text = canonical_text(entry(99))
    broken = verify([Link(0, text, BEGINNING, hash_of(BEGINNING, text)), *WHOLE])
    assert broken is not None
    assert (broken.number, broken.what) == (0, "somebody inserted it: it stands where entry 1 belongs")


def test_what_has_a_right_hash_and_is_no_entry_was_not_written_by_us() -> None:
    broken = verify([Link(1, "{}", BEGINNING, hash_of(BEGINNING, "{}"))])
    assert broken is not None
    assert broken.what == "it was not written by courtside: it cannot be read"
