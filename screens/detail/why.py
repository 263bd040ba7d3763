"""Why: the root causes in full, with their evidence and what they explain."""

from __future__ import annotations

from functools import partial

from checks.model import Scope
from checks.policy import Policy
from screens.detail.lines_table import lines_table
from screens.panels.panel import Spec
from screens.ports import Look
from screens.session import Session
from screens.table import Table, Target
from screens.text.diagnosis import diagnosis_lines
from screens.text.frame import Frame
from screens.views.options import Options


def why_spec(target: Target, session: Session) -> Spec:
    """Return the screen; it is made of the full report, whose causes it shows."""
    return Spec("why", "", "Why: root causes", partial(why_view, session.warehouse), (), 0.0)


def why_view(warehouse: str, look: Look, scope: Scope, policy: Policy, options: Options) -> Table:
    """Return the causes as the command `diagnose` prints them."""
    report = look.report
    frame = Frame(warehouse, report.scope)
    lines = diagnosis_lines(report.causes, report.verdict.severity, "all", frame, options.width)
    return lines_table(lines, options, empty="no root causes")
