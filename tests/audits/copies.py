"""An original of the shared code and its copies, for tests of how they differ."""

from __future__ import annotations

from pathlib import Path

import pytest

from console.audits.copies.shared_drift import differences, hits
from console.audits.options import Options
from tests.audits.conftest import Checkout

FUNCTIONS = "orchestration/cloud_functions"


def drift(checkout: Checkout) -> list[tuple[str, str]]:
    return [(one.path.removeprefix(f"{FUNCTIONS}/"), one.drift.value) for one in differences(checkout.root, Options())]


@pytest.fixture
def shared(checkout: Checkout) -> Checkout:
    """A checkout whose original was changed twice after function `a` took its copy."""
    checkout.write("shared/clock.py", "NOW = 1\n")
    checkout.write("shared/utils/gone.py", "x = 1\n")
    for path in ("clock.py", "utils/gone.py"):
        checkout.write(f"{FUNCTIONS}/a/shared/{path}", checkout.read(f"shared/{path}"))
    checkout.commit()
    checkout.write("shared/clock.py", "NOW = 2\n")
    checkout.commit()
    checkout.write("shared/clock.py", "NOW = 3\n")
    (checkout.root / "shared/utils/gone.py").unlink()
    checkout.write("shared/new.py", "y = 1\n")
    checkout.commit()
    return checkout


def sentence(checkout: Checkout, name: str) -> str:
    """Return what is said of a file of function `a`'s copy, or of the original where that is named."""
    path = name if name.startswith("shared") else f"{FUNCTIONS}/a/shared/{name}"
    found = hits(differences(checkout.root, Options()), Options())
    return next(hit.sentence for hit in found if hit.path == path)


def linked(checkout: Checkout, link: str, target: str) -> None:
    (checkout.root / link).parent.mkdir(parents=True, exist_ok=True)
    (checkout.root / link).symlink_to(target)


def content_of(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
