"""A finding is silenced where it stands, with a reason; comments that silence nothing are found."""

from __future__ import annotations

import pytest

from tests.audits.conftest import Checkout, said


def silent(comment: str = "", above: str = "") -> str:
    return f"try:\n    work()\n{above}except Exception:{comment}\n    pass\n"


@pytest.mark.parametrize(
    "text",
    [
        silent("  # courtside: ignore[source.silent_exceptions] the caller asks again"),
        silent("  # courtside: ignore[silent_exceptions] the caller asks again"),
        silent("  # noqa: BLE001  # courtside: ignore[silent_exceptions]: the caller asks again"),
        silent(
            above="# courtside: ignore[silent_exceptions, streaming_inserts] the caller asks again\n# and again\n"
        ).replace(", streaming_inserts", ""),
        "try:\n    work()\nexcept Exception:\n    pass  # courtside: ignore[silent_exceptions] the caller asks again\n",
    ],
)
def test_a_reasoned_comment_on_the_line_or_above_silences(checkout: Checkout, text: str) -> None:
    checkout.write("a.py", text)
    assert said(checkout.audit()) == []


@pytest.mark.parametrize("reason", ["", " .", " -", " 1", " x", " ...", "  # noqa: BLE001", ": # type: ignore[misc]"])
def test_without_a_reason_it_does_not_count_and_is_found_itself(checkout: Checkout, reason: str) -> None:
    checkout.write("a.py", silent(f"  # courtside: ignore[silent_exceptions]{reason}"))
    assert said(checkout.audit()) == ["WARNING a.py:3 reason", "WARNING a.py:3 silent"]


def test_a_comment_that_silences_nothing_is_found(checkout: Checkout) -> None:
    checkout.write("a.py", "x = 1  # courtside: ignore[http_pooling] once it was\n")
    assert said(checkout.audit()) == ["WARNING a.py:1 unused"]


def test_of_a_check_that_did_not_run_nothing_is_said(checkout: Checkout) -> None:
    checkout.write("a.py", "x = 1  # courtside: ignore[http_pooling] once it was\n")
    assert said(checkout.audit("silent_exceptions")) == []


def test_a_comment_for_another_check_does_not_silence(checkout: Checkout) -> None:
    checkout.write("a.py", silent("  # courtside: ignore[http_pooling] a reason"))
    assert said(checkout.audit()) == ["WARNING a.py:3 unused", "WARNING a.py:3 silent"]


def test_unknown_and_missing_names_are_found(checkout: Checkout) -> None:
    checkout.write("a.py", "x = 1  # courtside: ignore[nonsense] why not\ny = 1  # courtside: ignore because\n")
    assert said(checkout.audit()) == ["WARNING a.py:1 unknown", "WARNING a.py:2 unnamed"]


def test_the_words_in_a_string_are_no_comment(checkout: Checkout) -> None:
    checkout.write("a.py", 'TEXT = "# courtside: ignore[silent_exceptions] x"\n' + silent())
    assert said(checkout.audit()) == ["WARNING a.py:4 silent"]


def drifted(checkout: Checkout, comment: str) -> list[str]:
    """Return what is said of a copy that is the original but for a comment."""
    checkout.write("shared/a.py", "x = 1\n" * 40)
    checkout.write("orchestration/cloud_functions/f/shared/a.py", comment + "x = 1\n" * 40)
    return [line.rpartition("/")[2] for line in said(checkout.audit())]


def test_a_copy_that_differs_is_silenced_in_its_first_lines(checkout: Checkout) -> None:
    comment = "# courtside: ignore[shared_drift] this function pins the old clock\n"
    assert drifted(checkout, comment) == []
    assert drifted(checkout, '"""Doc."""\n' * 19 + comment) == []
    assert drifted(checkout, "\n" * 20 + comment) == ["a.py differs", "a.py:21 unused"]
    assert drifted(checkout, comment.replace("shared_drift", "http_pooling")) == ["a.py differs", "a.py:1 unused"]
    assert drifted(checkout, "# courtside: ignore[shared_drift]\n") == ["a.py differs", "a.py:1 reason"]


def test_in_the_first_lines_only_what_is_about_all_of_the_file_is_silenced(checkout: Checkout) -> None:
    checkout.write("a.py", f"# courtside: ignore[silent_exceptions] not here\nx = 1\n{silent()}")
    assert said(checkout.audit()) == ["WARNING a.py:1 unused", "WARNING a.py:5 silent"]
