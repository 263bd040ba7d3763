"""What `--fix` makes of one file, and what it leaves."""

from __future__ import annotations

from collections.abc import Sequence

from console.audits.fixing import rewriting
from console.audits.fixing.rewriting import Left, Rewrite
from console.audits.options import Options
from tests.audits.conftest import Checkout

IMPORT = "from shared.utils.bigquery_utils import insert_bigquery_rows\n"


def planned(checkout: Checkout) -> tuple[Sequence[Rewrite], Sequence[Left]]:
    outcome = checkout.audit("streaming_inserts")
    return rewriting.plan(outcome.root, [spot.hit for spot in outcome.spots], Options())


def fixed(checkout: Checkout, text: str) -> str:
    """Return what becomes of a file; it must be rewritten."""
    checkout.write("a.py", text)
    made, left = planned(checkout)
    assert list(left) == []
    rewriting.apply(checkout.root, made)
    return checkout.read("a.py")


def left(checkout: Checkout, text: str) -> str:
    """Return why a file is left as it is."""
    checkout.write("a.py", text)
    made, rest = planned(checkout)
    assert list(made) == []
    return rest[0].reason
