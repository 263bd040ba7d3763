"""The labelled corpus holds precision and recall of the source audits at the level that they have reached."""

from __future__ import annotations

from collections import defaultdict

import pytest

from tests.audits.labelled import Snippet, precision_and_recall, snippets

CORPUS = snippets()
MISSED = {
    "check_hygiene: nothing found, through a sum",
    "client_pooling: through importlib",
    "silent_exceptions: gathered errors that nobody looks at",
    "streaming_inserts: a name put together",
}
"""Devious snippets that are not found: names made at run time, and answers judged inside an expression."""


def test_the_corpus_is_large_and_has_both_kinds() -> None:
    assert len(CORPUS) >= 640
    assert sum(not snippet.labels for snippet in CORPUS) >= 295
    assert sum(snippet.difficulty == "devious" for snippet in CORPUS) >= 50
    assert len({snippet.name for snippet in CORPUS}) > 635


@pytest.mark.parametrize("snippet", CORPUS, ids=lambda snippet: f"{snippet.difficulty}-{snippet.name}")
def test_each_snippet_is_judged_as_it_is_labelled(snippet: Snippet) -> None:
    lines = frozenset(line for line, _ in snippet.found())
    if snippet.name in MISSED:
        assert lines == frozenset()
    else:
        assert lines == snippet.lines


@pytest.mark.parametrize(
    "snippet", [one for one in CORPUS if one.difficulty != "devious" and one.labels], ids=lambda s: s.name
)
def test_what_is_found_is_found_by_the_rule_that_the_label_names(snippet: Snippet) -> None:
    if snippet.check != "streaming_inserts":  # its rules are the names of the methods
        assert snippet.found() == snippet.labels


def test_precision_is_100_and_recall_98_percent() -> None:
    results = defaultdict(list)
    for snippet in CORPUS:
        results[snippet.check].append((snippet.lines, frozenset(line for line, _ in snippet.found())))
    precision, recall = precision_and_recall([pair for pairs in results.values() for pair in pairs])
    assert precision == 1.0
    assert recall >= 0.98
    assert all(precision_and_recall(pairs)[1] >= 0.95 for pairs in results.values())
