"""Google's own analyzer takes the statements that change the queue, in every shape of the table."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import pytest

from console.queue_changes import revive_or_insert, set_status
from console.warehouse.schema import definitions
from console.warehouse.writing import Change
from tests.bigquery.writing import COLUMNS, DAY, GAME, NOW, OLDER, entry, seen
from tests.facts import reference


def analyzed(change: Change, columns: Collection[str]) -> str:
    """Return what kind of statement it is. Raises the engine's error for one that is not right."""
    reference._engine()  # which keeps its compiled form
    import zetasql.types as zeta
    from zetasql.api import Analyzer, CatalogBuilder, TableBuilder

    kinds: Mapping[str, Any] = {
        "STRING": zeta.TypeKind.TYPE_STRING,
        "INT64": zeta.TypeKind.TYPE_INT64,
        "DATE": zeta.TypeKind.TYPE_DATE,
        "BOOL": zeta.TypeKind.TYPE_BOOL,
        "TIMESTAMP": zeta.TypeKind.TYPE_TIMESTAMP,
        "JSON": zeta.TypeKind.TYPE_JSON,
    }
    language = zeta.LanguageOptions.maximum_features()
    statements = zeta.ResolvedNodeKind
    language.supported_statement_kinds = [statements.RESOLVED_MERGE_STMT, statements.RESOLVED_UPDATE_STMT]
    dataset, _, name = change.table.partition(".")
    table = TableBuilder(name)
    for column, kind in next(item for item in definitions() if item.name == change.table).columns:
        if column in columns:
            table.add_column(column, kinds[kind])
    functions = zeta.ZetaSQLBuiltinFunctionOptions(language_options=language)
    catalogue = CatalogBuilder("project").with_builtin_functions(functions).add_table(table.build()).build()
    parameters = [
        zeta.AnalyzerOptions.QueryParameter(name=item.name, type=zeta.Type(type_kind=kinds[item.type]))
        for item in change.parameters
    ]
    options = zeta.AnalyzerOptions(language_options=language, default_timezone="UTC", query_parameters=parameters)
    return type(Analyzer.analyze_statement_static(change.sql.replace(f"{dataset}.", ""), options, catalogue)).__name__


@pytest.mark.parametrize("columns", [COLUMNS, OLDER])
def test_the_reference_engine_takes_the_queues_statements(columns: Collection[str]) -> None:
    active = seen(status="pending", retry_count=None)
    note = entry(note="n", metadata={"home_team": "DAL"})
    assert analyzed(revive_or_insert(columns, GAME, None, note, NOW), columns) == "ResolvedMergeStmt"
    assert analyzed(revive_or_insert(columns, GAME, seen(), note, NOW), columns) == "ResolvedMergeStmt"
    change = set_status(columns, DAY, active, "retrying", NOW, next_retry_at=NOW, retry_count=1, note="n")
    assert analyzed(change, columns) == "ResolvedUpdateStmt"


def test_the_reference_engine_refuses_a_column_that_the_table_lacks() -> None:
    with pytest.raises(Exception, match=r"resolution_notes|metadata"):
        analyzed(revive_or_insert(COLUMNS, GAME, None, entry(note="n"), NOW), OLDER)
