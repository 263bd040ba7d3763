"""`--changed-since`: only what differs from a revision is looked at."""

from __future__ import annotations

import pytest

from console.audits.changed import changed_since
from console.audits.values import AuditError
from tests.audits.conftest import Checkout, said


def test_changed_new_unknown_and_removed_files_are_those_that_changed(checkout: Checkout) -> None:
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
    expected = {"edited.py", "removed.py", "sub/committed.py", "new file.py", ".gitignore"}
    assert changed_since(checkout.root, "HEAD~1") == expected
    assert changed_since(checkout.root / "sub", "HEAD~1") == {"committed.py"}


@pytest.fixture
def branch(checkout: Checkout) -> Checkout:
    """A checkout on the branch `feat`, whose `main` has gone on since the two parted."""
    checkout.write("both.py", "x = 1\n")
    checkout.commit()
    checkout.git("branch", "-M", "main")
    checkout.git("checkout", "-q", "-b", "feat")
    checkout.write("ours.py", "x = 1\n")
    checkout.commit()
    checkout.git("checkout", "-q", "main")
    checkout.write("both.py", "x = 2\n")
    checkout.write("theirs.py", "x = 1\n")
    checkout.commit()
    checkout.git("checkout", "-q", "feat")
    return checkout


@pytest.mark.parametrize("revision", ["main", "main...feat", "main...", "...main", "feat...main"])
def test_a_branch_that_lags_behind_is_not_failed_for_the_files_of_others(branch: Checkout, revision: str) -> None:
    branch.write("unknown.py", "x = 1\n")
    assert changed_since(branch.root, revision) == {"ours.py", "unknown.py"}


def test_branches_without_a_common_commit_are_refused_with_what_to_do(branch: Checkout) -> None:
    branch.git("checkout", "-q", "--orphan", "alone")
    branch.commit()
    with pytest.raises(AuditError, match=r"main and HEAD have no commit in common here.*git fetch --unshallow"):
        changed_since(branch.root, "main")


def test_a_folder_that_is_no_repository_is_told_so(checkout: Checkout) -> None:
    with pytest.raises(AuditError, match=r"not a git repository.*nothing can be said of what changed since HEAD"):
        changed_since(checkout.root, "HEAD")


@pytest.mark.parametrize(
    "revision", ["nope", "--output=x", "HEAD:a", "", "main..HEAD", "HEAD...--output=x", "HEAD...nope"]
)
def test_what_is_no_revision_is_refused(checkout: Checkout, revision: str) -> None:
    checkout.commit()
    with pytest.raises(AuditError, match="no revision"):
        changed_since(checkout.root, revision)
    assert not (checkout.root / "x").exists()


def test_no_program_that_the_repository_names_is_run(checkout: Checkout) -> None:
    checkout.write("a.py", "x = 1\n")
    checkout.write("b.py", "x = 1\n")
    checkout.commit()
    trap = checkout.write("trap.sh", f"#!/bin/sh\ntouch {checkout.root}/sprung\n")
    trap.chmod(0o755)
    for name in ("core.fsmonitor", "diff.external", "core.pager", "gpg.program", "filter.a.clean", "filter.b.process"):
        checkout.git("config", name, str(trap))
    checkout.git("config", "log.showSignature", "true")
    checkout.write(".git/info/attributes", "a.py filter=a\nb.py filter=b\n")
    checkout.write("a.py", "x = 2\n")
    checkout.write("b.py", "x = 2\n")
    assert {"a.py", "b.py"} <= changed_since(checkout.root, "HEAD")
    assert not (checkout.root / "sprung").exists()


def test_what_git_itself_has_to_say_of_a_repository_is_said(checkout: Checkout) -> None:
    checkout.git("init", "-q")
    with pytest.raises(AuditError, match="no commit yet"):
        changed_since(checkout.root, "HEAD")
    checkout.write(".git/config", "[broken\n")
    with pytest.raises(AuditError, match="git says fatal: bad config line 1"):
        changed_since(checkout.root, "HEAD")


def test_odd_names_and_links_are_told_as_they_are(checkout: Checkout) -> None:
    names = ["sp ace.py", "new\nline.py", "-dash.py", "ünï.py", "bad\udcff.py"]
    for name in names:
        checkout.write(name, "x = 1\n")
    checkout.commit()
    for name in names:
        checkout.write(name, "x = 2\n")
    assert changed_since(checkout.root, "HEAD") == set(names)


def test_only_what_changed_is_audited_also_with_broken_files_about(checkout: Checkout) -> None:
    silent = "try:\n    work()\nexcept Exception:\n    pass\n"
    checkout.write("old.py", silent)
    checkout.write("broken.py", "print 1\n")
    checkout.commit()
    checkout.write("new.py", silent)
    only = changed_since(checkout.root, "HEAD")
    assert said(checkout.audit(only=only)) == ["WARNING new.py:3 silent"]
