"""The SARIF document has what code hosts need: rule, level, place, fingerprint."""

from __future__ import annotations

import json
from typing import Any

from console.audits.baseline import held_against, line_of
from console.audits.sarif import sarif
from tests.audits.conftest import Checkout

SILENT = "try:\n    work()\nexcept Exception:\n    pass\n"


def test_each_finding_is_a_result_at_its_place(checkout: Checkout) -> None:
    checkout.write("with space/ä.py", SILENT)
    outcome = checkout.audit("silent_exceptions")
    document: Any = json.loads(json.dumps(sarif(outcome)))
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
    assert result["partialFingerprints"] == {"courtside/v1": outcome.spots[0].finding.fingerprint}


def test_known_findings_are_unchanged_and_whole_files_have_a_line(checkout: Checkout) -> None:
    checkout.write("a.py", SILENT)
    checkout.write("b.py", "print 1\n")
    outcome = checkout.audit()
    held = held_against(outcome, [line_of(spot) for spot in outcome.spots if spot.hit.path == "a.py"])
    document: Any = sarif(held)
    states = {result["ruleId"]: result["baselineState"] for result in document["runs"][0]["results"]}
    assert states == {"source.unreadable": "new", "source.silent_exceptions": "unchanged"}
    lines = [r["locations"][0]["physicalLocation"]["region"]["startLine"] for r in document["runs"][0]["results"]]
    assert min(lines) == 1
