"""`--changed-since`: only what differs from a revision is looked at."""

from __future__ import annotations

import pytest

from console.audits.changed import changed_since
from console.audits.values import AuditError
from tests.audits.conftest import Checkout


def test_changed_new_and_unknown_files_are_looked_at_and_removed_ones_are_not(checkout: Checkout) -> None:
    for name in ("same", "edited", "removed"):
        checkout.write(f"{name}.py", "x = 1\n")
    checkout.commit()
    checkout.write("edited.py", "x = 2\n")
    checkout.write("sub/committed.py", "x = 1\n")
    (checkout.root / "removed.py").unlink()
    checkout.commit()
    checkout.write("new file.py", "x = 1\n")
    checkout.write(".gitignore", "ignored.py\n")
    checkout.write("ignored.py", "x = 1\n")
    expected = {"edited.py", "sub/committed.py", "new file.py", ".gitignore"}
    assert changed_since(checkout.root, "HEAD~1") == expected
    assert changed_since(checkout.root / "sub", "HEAD~1") == {"committed.py"}


def test_a_folder_that_is_no_repository_is_told_so(checkout: Checkout) -> None:
    with pytest.raises(AuditError, match="no git repository"):
        changed_since(checkout.root, "HEAD")


@pytest.mark.parametrize("revision", ["nope", "--output=x", "HEAD:a", ""])
def test_what_is_no_revision_is_refused(checkout: Checkout, revision: str) -> None:
    checkout.commit()
    with pytest.raises(AuditError, match="no revision"):
        changed_since(checkout.root, revision)
    assert not (checkout.root / "x").exists()


def test_no_program_that_the_repository_names_is_run(checkout: Checkout) -> None:
    checkout.write("a.py", "x = 1\n")
    checkout.commit()
    trap = checkout.write("trap.sh", f"#!/bin/sh\ntouch {checkout.root}/sprung\n")
    trap.chmod(0o755)
    for name in ("core.fsmonitor", "diff.external", "core.pager"):
        checkout.git("config", name, str(trap))
    checkout.write("a.py", "x = 2\n")
    assert "a.py" in changed_since(checkout.root, "HEAD")
    assert not (checkout.root / "sprung").exists()
