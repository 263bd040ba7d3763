"""A known finding that grows worse is new: a streaming insert that was harmless until somebody wrote DML for its table."""

from __future__ import annotations

from pathlib import Path

import pytest

from checks.model import Severity
from console.audits.audit import Outcome
from console.audits.baseline import change_baseline, held_against, line_of, read_baseline, renewed, write_baseline
from console.audits.values import AuditError
from tests.audits.conftest import Checkout, said

INSERT = 'client.insert_rows_json("nba_raw.games", rows)\n'
DML = 'SQL = "UPDATE nba_raw.games SET a = 1 WHERE TRUE"\n'


def held(checkout: Checkout, path: Path) -> Outcome:
    return held_against(checkout.audit(), read_baseline(path))


@pytest.fixture
def path(checkout: Checkout) -> Path:
    """The baseline of a checkout with one insert, a warning."""
    checkout.write("a.py", INSERT)
    place = checkout.root / "baseline.txt"
    write_baseline(place, [line_of(spot) for spot in checkout.audit().spots])
    return place


def rows(path: Path) -> list[str]:
    return [row for row in path.read_text().splitlines() if "\t" in row]


def without_severity(path: Path) -> None:
    """Let a baseline be as it was made before severities were kept."""
    path.write_text(path.read_text().replace("\tWARNING\n", "\n"))


def test_an_insert_into_a_table_that_dml_touches_from_now_on_is_new(checkout: Checkout, path: Path) -> None:
    assert (said(held(checkout, path)), rows(path)[0].endswith("\tWARNING")) == ([], True)
    checkout.write("b.py", DML)
    worse = held(checkout, path)
    assert said(worse) == ["CRITICAL a.py:1 insert_rows_json"]
    assert (worse.severity, worse.risen, worse.known, worse.stale, worse.outdated) == (Severity.CRITICAL, 1, (), (), ())


def test_that_it_grew_worse_is_accepted_only_when_somebody_says_so(checkout: Checkout, path: Path) -> None:
    checkout.write("b.py", DML)
    before = path.read_text()
    change_baseline(path, held(checkout, path))
    assert path.read_text() == before
    worse = held(checkout, path)
    change_baseline(path, worse, [line_of(spot) for spot in worse.spots])
    assert path.read_text() == before.replace("\tWARNING", "\tCRITICAL")
    assert (said(held(checkout, path)), held(checkout, path).risen) == ([], 0)


def test_what_grew_less_bad_is_known_and_cannot_grow_worse_again_once_that_is_written(
    checkout: Checkout, path: Path
) -> None:
    dml = checkout.write("b.py", DML)
    write_baseline(path, [line_of(spot) for spot in checkout.audit().spots])
    dml.unlink()
    better = held(checkout, path)
    assert (said(better), better.stale, better.outdated) == ([], (), tuple(rows(path)))
    before = path.read_text()
    change_baseline(path, better)
    assert path.read_text() == before.replace("\tCRITICAL", "\tWARNING")
    checkout.write("b.py", DML)
    assert said(held(checkout, path)) == ["CRITICAL a.py:1 insert_rows_json"]


def test_a_line_without_a_severity_holds_for_any_until_the_baseline_is_updated(checkout: Checkout, path: Path) -> None:
    checkout.write("c.py", "try:\n    work()\nexcept Exception:\n    pass\n")
    write_baseline(path, [line_of(spot) for spot in checkout.audit().spots])
    wanted = path.read_text()
    without_severity(path)
    old = held(checkout, path)
    assert (said(old), old.stale, old.outdated) == ([], (), tuple(rows(path)))
    checkout.write("b.py", DML)
    assert said(held(checkout, path)) == []
    (checkout.root / "b.py").unlink()
    assert [line.rpartition("\t")[2] for line in renewed(old)] == ["WARNING", "WARNING"]
    change_baseline(path, held(checkout, path))
    assert path.read_text() == wanted
    assert held(checkout, path).outdated == ()


def test_of_two_severities_that_a_merge_kept_the_lesser_holds_and_an_update_keeps_one_line(
    checkout: Checkout, path: Path
) -> None:
    (line,) = rows(path)
    old = line.rpartition("\t")[0]
    path.write_text(f"{line}\n{old}\n{line.replace('WARNING', 'CRITICAL')}\n\n{line}\n")
    twice = held(checkout, path)
    assert (said(twice), len(twice.known), len(twice.outdated)) == ([], 1, 2)
    checkout.write("b.py", DML)
    assert said(held(checkout, path)) == ["CRITICAL a.py:1 insert_rows_json"]
    (checkout.root / "b.py").unlink()
    change_baseline(path, twice)
    assert rows(path) == [line]


@pytest.mark.parametrize("end", ["BAD", "WARNING\tx"])
def test_a_line_with_a_severity_that_there_is_not_is_refused(checkout: Checkout, path: Path, end: str) -> None:
    path.write_text(path.read_text().replace("\tWARNING\n", f"\t{end}\n"))
    with pytest.raises(AuditError, match="no line of a baseline"):
        held(checkout, path)
