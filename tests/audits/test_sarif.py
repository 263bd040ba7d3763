"""The SARIF document has what code hosts need: rule, level, place, fingerprint."""

from __future__ import annotations

import json
from typing import Any

from console.audits.baseline import held_against, line_of
from console.audits.sarif import sarif
from tests.audits.conftest import Checkout
from tests.audits.sarif_schema import faults

SILENT = "try:\n    work()\nexcept Exception:\n    pass\n"


def test_each_finding_is_a_result_at_its_place(checkout: Checkout) -> None:
    checkout.write("with space/ä.py", SILENT)
    outcome = checkout.audit("silent_exceptions")
    document: Any = json.loads(json.dumps(sarif(outcome, "1.2")))
    (run,) = document["runs"]
    (result,) = run["results"]
    assert document["version"] == "2.1.0"
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == ["source.silent_exceptions"]
    assert (result["ruleId"], result["level"], result["baselineState"]) == (
        "source.silent_exceptions",
        "warning",
        "new",
    )
    place = result["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "with%20space/%C3%A4.py"
    assert (place["region"]["startLine"], place["region"]["endLine"]) == (3, 4)
    fingerprint = outcome.spots[0].finding.fingerprint
    assert result["partialFingerprints"] == {"courtside/v1": fingerprint, "primaryLocationLineHash": fingerprint}


def test_known_findings_are_unchanged_and_whole_files_have_a_line(checkout: Checkout) -> None:
    checkout.write("a.py", SILENT)
    checkout.write("b.py", "print 1\n")
    outcome = checkout.audit()
    held = held_against(outcome, [line_of(spot) for spot in outcome.spots if spot.hit.path == "a.py"])
    document: Any = sarif(held, "1.2")
    states = {result["ruleId"]: result["baselineState"] for result in document["runs"][0]["results"]}
    assert states == {"source.unreadable": "new", "source.silent_exceptions": "unchanged"}
    lines = [r["locations"][0]["physicalLocation"]["region"]["startLine"] for r in document["runs"][0]["results"]]
    assert min(lines) == 1


def everything(checkout: Checkout) -> Any:
    """Return the document of a checkout with findings of every severity, of known and new ones, at odd places."""
    checkout.write("a.py", f"{SILENT}x = 1  # courtside: ignore[http_pooling] once\n")
    checkout.write("orchestration/with space/ä #?%.py", SILENT.replace("Exception", "Forbidden"))
    checkout.write("new\nline.py", SILENT)
    checkout.write("a:b.py", SILENT)
    checkout.write("bad\udcff.py", SILENT)
    checkout.write("b.py", "print 1\n")
    checkout.write("c.py", 'c.insert_rows_json("[here](https://example.org/\x1b[31m)", rows)\n')
    outcome = checkout.audit()
    held = held_against(outcome, [line_of(spot) for spot in outcome.spots if spot.hit.path == "a.py"])
    return json.loads(json.dumps(sarif(held, "1.2")))


def test_the_document_is_as_the_published_schema_has_it(checkout: Checkout) -> None:
    document = everything(checkout)
    assert faults(document) == []
    (run,) = document["runs"]
    assert {result["level"] for result in run["results"]} >= {"warning", "error"}
    for result in run["results"]:
        region = result["locations"][0]["physicalLocation"]["region"]
        assert region["endLine"] >= region["startLine"]
        assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]


def test_paths_are_relative_to_a_base_that_names_no_folder_of_this_machine(checkout: Checkout) -> None:
    document = everything(checkout)
    assert str(checkout.root) not in json.dumps(document)
    for result in document["runs"][0]["results"]:
        place = result["locations"][0]["physicalLocation"]["artifactLocation"]
        assert place["uriBaseId"] in document["runs"][0]["originalUriBaseIds"]
        assert not place["uri"].startswith(("/", "."))
        assert ":" not in place["uri"]


def test_what_stands_in_the_code_makes_no_link_and_paints_no_terminal(checkout: Checkout) -> None:
    document = everything(checkout)
    messages = [result["message"]["text"] for result in document["runs"][0]["results"]]
    assert any("here" in message for message in messages)
    assert not any("](" in message or "\x1b" in message for message in messages)


def test_a_finding_keeps_its_fingerprint_when_lines_move(checkout: Checkout) -> None:
    checkout.write("a.py", SILENT)
    before: Any = sarif(checkout.audit(), "1.2")
    checkout.write("a.py", f"import os\n\n{SILENT}")
    after: Any = sarif(checkout.audit(), "1.2")
    prints = [run["results"][0]["partialFingerprints"] for run in (before["runs"][0], after["runs"][0])]
    assert prints[0] == prints[1]
