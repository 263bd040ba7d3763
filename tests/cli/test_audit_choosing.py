"""What of a checkout `courtside audit` looks at, and from where its files are named."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Courtside

SILENT = "try:\n    work()\nexcept Exception:\n    pass\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "checkout"
    path.mkdir()
    return path


def test_a_folder_below_the_root_of_a_checkout_is_refused_where_names_are_seen_from_the_root(
    courtside: Courtside, folder: Path, tmp_path: Path
) -> None:
    (folder / ".git").mkdir()
    below = folder / "predictions/my jobs"
    below.mkdir(parents=True)
    for path in (folder / "main.py", below / "main.py"):
        path.write_text(SILENT)
    baseline = folder / "baseline.txt"
    assert courtside("audit", str(folder), "--baseline", str(baseline), "--update-baseline").status == 0
    before = baseline.read_text()
    (below / "main.py").write_text("x = 1\n")
    for place, only in ((below, "predictions/my jobs/"), (below / "main.py", "predictions/my jobs/main.py")):
        for asked in (("--baseline", str(baseline), "--update-baseline"), ("--sarif", str(tmp_path / "out.sarif"))):
            result = courtside("audit", "silent_exceptions", str(place), *asked)
            assert (result.status, result.out) == (3, "")
            command = f"courtside audit silent_exceptions --only '{only}' {folder}"
            assert result.err.strip().endswith(f"give the root and choose the folder: {command}")
    assert baseline.read_text() == before
    held = ("audit", str(folder), "--baseline", str(baseline), "--only", "predictions/my jobs/")
    assert courtside(*held, "--update-baseline").status == 0
    assert [line.split("\t")[1] for line in baseline.read_text().splitlines() if "\t" in line] == ["main.py"]


def test_a_folder_below_the_root_is_refused_where_the_root_has_a_configuration_that_would_not_be_read(
    courtside: Courtside, folder: Path
) -> None:
    below = folder / "jobs"
    below.mkdir()
    (below / "a.py").write_text("x = 1\n")
    (folder / "pyproject.toml").write_text('[tool.courtside.audit]\nexclude = ["jobs"]\n')
    assert courtside("audit", str(below)).status == 0, "it is no checkout"
    (folder / ".git").mkdir()
    result = courtside("audit", str(below))
    assert (result.status, f"--only jobs/ {folder}" in result.err) == (3, True)
    assert f"the configuration of the checkout is {folder}/pyproject.toml" in result.err
    assert courtside("audit", str(folder), "--only", "jobs/").status == 3, "what it excludes is looked at by nobody"
    (below / "pyproject.toml").write_text("")
    assert courtside("audit", str(below)).status == 0, "a project of its own"
