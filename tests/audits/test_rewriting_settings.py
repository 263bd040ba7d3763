"""`--fix` keeps to the settings of ruff that the audited repository has: what they find new, nobody writes."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from ruff import find_ruff_bin  # type: ignore[import-untyped] # has no types

from console.audits.fixing import rewriting
from tests.audits.conftest import Checkout
from tests.audits.rewritten import IMPORT, fixed, left, planned


@pytest.fixture(autouse=True)
def _loader(checkout: Checkout) -> None:
    checkout.add_loader()


CALL = '\n\ndef f(c, rows):\n    c.insert_rows_json("t", rows)\n'
DENSE = 'select = ["I", "F"]\nisort.no-lines-before = ["third-party", "first-party"]\n'
TOGETHER = "import os\nfrom google.cloud import bigquery\n\nprint(os, bigquery)\n"


def found_by_ruff(folder: Path, name: str = "a.py") -> str:
    """Return what ruff finds in a file as its owners run it: by their own settings."""
    command = [find_ruff_bin(), "check", "--no-cache", "--output-format", "concise", "--quiet", name]
    return subprocess.run(command, cwd=folder, capture_output=True, check=False, text=True).stdout  # noqa: S603  # ruff itself


@pytest.mark.parametrize(
    ("name", "table"), [("pyproject.toml", "tool.ruff.lint"), ("ruff.toml", "lint"), (".ruff.toml", "lint")]
)
def test_the_import_stands_where_the_repositorys_own_settings_want_it(
    checkout: Checkout, name: str, table: str
) -> None:
    checkout.write(name, f"[{table}]\n{DENSE}")
    checkout.write("a.py", TOGETHER + CALL)
    assert found_by_ruff(checkout.root) == ""
    after = fixed(checkout, TOGETHER + CALL)
    assert after.startswith(f"import os\nfrom google.cloud import bigquery\n{IMPORT}\nprint")
    assert found_by_ruff(checkout.root) == ""


def test_imports_that_the_settings_find_unsorted_stay_so(checkout: Checkout) -> None:
    checkout.write("ruff.toml", f"[lint]\n{DENSE}")
    text = TOGETHER.replace("os\n", "os\n\n", 1)
    assert fixed(checkout, text + CALL).startswith(f"import os\n\nfrom google.cloud import bigquery\n{IMPORT}\nprint")


@pytest.mark.parametrize(
    ("settings", "text", "said"),
    [
        ('select = ["I"]\nunfixable = ["I"]\n', f"import os\n\nprint(os)\n{CALL}", "I001"),
        ('select = ["ARG"]\n', CALL, "ARG001 Unused function argument: `c`"),
        ('select = ["TID"]\nflake8-tidy-imports.banned-api."shared".msg = "use app"\n', CALL, "TID251"),
        ('select = ["RUF100", "D102"]\n', CALL.replace("rows)\n", "rows)  # noqa: E501\n"), ""),
        (
            'select = ["E501", "RUF100"]\n\n[lint.pycodestyle]\nmax-line-length = 36\n',
            CALL.replace('"t", rows)\n', '"ta", rows)  # noqa: E501\n'),
            "E501",
        ),
    ],
)
def test_a_file_in_which_the_settings_would_find_something_new_is_left(
    checkout: Checkout, settings: str, text: str, said: str
) -> None:
    checkout.write("ruff.toml", f"[lint]\n{settings}")
    if not said:
        assert fixed(checkout, text)
        return
    reason = left(checkout, text)
    assert reason.endswith("(by ruff.toml)")
    assert said in reason


def test_the_nearest_settings_count_and_those_of_others_do_not(checkout: Checkout) -> None:
    checkout.write("ruff.toml", '[lint]\nselect = ["ARG"]\n')
    checkout.write("jobs/pyproject.toml", '[project]\nname = "jobs"\n')
    checkout.write("other/pyproject.toml", '[tool.ruff.lint]\nselect = ["F"]\n')
    checkout.write("jobs/a.py", CALL)
    checkout.write("other/a.py", CALL)
    made, (rest,) = planned(checkout)
    assert [one.path for one in made] == ["other/a.py"]
    assert (rest.place, rest.reason.rpartition(" (")[2]) == ("jobs/a.py:4", "by ruff.toml)")


def test_rules_that_settings_lift_from_a_file_find_nothing_in_it(checkout: Checkout) -> None:
    checkout.write("ruff.toml", '[lint]\nselect = ["ARG"]\nper-file-ignores."a.py" = ["ARG"]\n')
    assert IMPORT in fixed(checkout, CALL)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ("[lint\n", "not TOML"),
        ("[lint]\nselects = 1\n", "unknown field"),
        ('required-version = "==0.0.1"\n', "Required version"),
        ('extend = "../../elsewhere/ruff.toml"\n', "leads out of the audited folder"),
        ('extend = "base.toml"\n', "base.toml"),
    ],
)
def test_settings_that_cannot_be_used_are_named_and_the_file_is_left(
    checkout: Checkout, settings: str, said: str
) -> None:
    checkout.write("ruff.toml", settings)
    reason = left(checkout, CALL)
    assert reason.startswith("the settings of ruff in ruff.toml cannot be used, so nobody knows what it would find: ")
    assert said in reason


def test_settings_that_extend_others_of_the_same_folder_are_used(checkout: Checkout) -> None:
    checkout.write("base.toml", '[lint]\nselect = ["ARG"]\n')
    checkout.write("ruff.toml", 'extend = "base.toml"\n')
    assert "ARG001" in left(checkout, CALL)


def test_settings_behind_a_link_out_of_the_folder_are_not_read(checkout: Checkout, tmp_path: Path) -> None:
    (tmp_path / "outside.toml").write_text('[lint]\nselect = ["F"]\n')
    (checkout.root / "ruff.toml").symlink_to(tmp_path / "outside.toml")
    assert "leads out of" in left(checkout, CALL)


def test_settings_that_ask_for_mending_and_a_cache_let_nothing_else_be_written(checkout: Checkout) -> None:
    checkout.write(
        "ruff.toml", f'fix = true\nfix-only = true\nshow-fixes = true\ncache-dir = "kept"\n\n[lint]\n{DENSE}'
    )
    text = TOGETHER + "import abc\n" + CALL
    checkout.write("a.py", text)
    before = checkout.content()
    made, rest = planned(checkout)
    assert (len(made), list(rest)) == (1, [])
    assert checkout.content() == before
    rewriting.apply(checkout.root, made)
    assert {name for name, content in checkout.content().items() if before.get(name) != content} == {"a.py"}
    assert "import abc" in checkout.read("a.py")
