"""Exports through pandas, which is imported here and nowhere else on the command line."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from checks.facts.lineage import GameLineage
from checks.funnel import stage_part
from checks.games import GameState, not_played_reason
from checks.pipeline import Stage
from checks.policy import Policy
from console.cli.arguments import UsageError

if TYPE_CHECKING:
    import pandas as pd

INCOMPLETE = "incomplete"
"""A stage that has arrived, without everybody whom the stage before gave it."""

SUFFIXES = (".csv", ".parquet", ".json")


def export_path(text: str) -> Path:
    """Return where to export to. Raises UsageError for a suffix, folder or name that cannot be; nothing is written yet."""
    if "\0" in text:
        raise UsageError("--export: a file's name has no NUL in it")
    path = Path(text).expanduser()
    if path.suffix.lower() not in SUFFIXES:
        raise UsageError(f"--export {text}: the name must end in {', '.join(SUFFIXES[:-1])} or {SUFFIXES[-1]}")
    if not path.parent.is_dir():
        raise UsageError(f"--export {text}: there is no folder {path.parent}; make it first")
    if path.is_dir():
        raise UsageError(f"--export {text}: that is a folder; name a file in it")
    return path


def export_games(games: Sequence[GameLineage], policy: Policy, as_of: datetime, path: Path) -> str:
    """Write one row per game to `path`, whole or not at all, and return the path. Raises OSError."""
    import pandas as pd  # 300 ms that only an export pays

    frame = pd.DataFrame([_row(game, policy, as_of) for game in games])
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    os.close(handle)
    temporary = Path(name)
    try:
        _write(frame, temporary, path.suffix.lower())
        temporary.chmod(0o666 & ~_umask())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return str(path)


def _umask() -> int:
    """Return the process's umask, which can only be read by setting it."""
    mask = os.umask(0o022)
    os.umask(mask)
    return mask


def _write(frame: pd.DataFrame, path: Path, suffix: str) -> None:
    if suffix == ".csv":
        frame.to_csv(path, index=False)
    elif suffix == ".parquet":
        frame.to_parquet(path, index=False)
    else:
        frame.to_json(path, orient="records", date_format="iso", date_unit="s", indent=2)


def _row(game: GameLineage, policy: Policy, as_of: datetime) -> dict[str, object]:
    """Return one row: who played when, then for each stage its state and counts, and the names it lacks or has too many.

    They are those of the funnel (`checks.funnel.stage_part`): nobody is missing at a stage that is not due, and a stage that is
    complete lacks nobody.
    """
    row: dict[str, object] = {
        "game_date": game.game_date.isoformat(),
        "nba_game_id": game.nba_game_id,
        "bdl_game_id": game.bdl_game_id,
        "away": game.away,
        "home": game.home,
        "tip_off": game.tip_off,
        "status": game.status_text,
        "away_score": game.away_score,
        "home_score": game.home_score,
        "not_played": not_played_reason(game, policy, as_of),
    }
    for stage in tuple(Stage)[1:]:
        counts, name = game.stage(stage), stage.value
        part = stage_part(game, stage, policy, as_of)
        lost = () if stage is Stage.BOX_SCORES else part.lost  # there it is the game itself, which its state says
        row[f"{name}_state"] = INCOMPLETE if lost and part.state is GameState.COMPLETE else part.state.value
        row[f"{name}_rows"] = counts.rows
        row[f"{name}_listed"] = counts.listed
        row[f"{name}_appeared"] = counts.appeared
        row[f"{name}_missing"] = ",".join(lost)
        row[f"{name}_extra"] = ",".join(part.surplus)
        row[f"{name}_last_write"] = counts.last_write
    return row
