from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from checks.policy import Policy
from console.cli import export
from tests.builders import at, game
from tests.cli.conftest import Courtside

ARGUMENTS = ("reconcile", "--date", "2026-01-24", "--at", "2026-01-26T15:20Z")


def read(path: Path) -> pd.DataFrame:
    if path.suffix == ".csv":
        return pd.read_csv(path, dtype={"nba_game_id": str})
    if path.suffix == ".parquet":
        return pd.read_parquet(path)
    return pd.DataFrame(json.loads(path.read_text(encoding="utf-8")))


@pytest.mark.parametrize("suffix", [".csv", ".parquet", ".json"])
def test_an_export_holds_one_row_per_game_with_both_ids_and_each_stage(
    courtside: Courtside, tmp_path: Path, suffix: str
) -> None:
    path = tmp_path / f"games{suffix}"
    result = courtside(*ARGUMENTS, "--export", str(path))
    assert f"exported {path}" in result.out.replace("\n         ", "")
    frame = read(path)
    assert len(frame) == 7
    row = frame.set_index("bdl_game_id").loc["20260124_LAL_DAL"]
    assert row["nba_game_id"] == "0022500648"
    assert (row["analytics_listed"], row["analytics_appeared"], row["box_scores_appeared"]) == (36, 21, 21)
    assert frame.set_index("bdl_game_id").loc["20260124_GSW_MIN", "box_scores_state"] == "not played"


def test_an_export_over_a_range_has_every_date(courtside: Courtside, tmp_path: Path) -> None:
    path = tmp_path / "week.csv"
    courtside(*ARGUMENTS, "--days", "6", "--export", str(path))
    assert read(path)["game_date"].nunique() == 6


def test_a_date_without_games_exports_an_empty_table(courtside: Courtside, tmp_path: Path) -> None:
    path = tmp_path / "none.json"
    courtside("reconcile", "--date", "2026-07-01", "--export", str(path))
    assert json.loads(path.read_text(encoding="utf-8")) == []


def test_a_failing_export_leaves_the_old_file_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "games.csv"
    path.write_text("old", encoding="utf-8")

    def full_disk(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(export, "_write", full_disk)
    with pytest.raises(OSError, match="No space left"):
        export.export_games([game()], Policy(), at("2026-01-26T15:20"), path)
    assert path.read_text(encoding="utf-8") == "old"
    assert [item.name for item in tmp_path.iterdir()] == ["games.csv"]


def test_an_export_into_a_folder_that_may_not_be_written_is_refused(courtside: Courtside) -> None:
    result = courtside(*ARGUMENTS, "--export", "/proc/games.csv")
    assert result.status == 3
    assert len(result.err.splitlines()) == 1
