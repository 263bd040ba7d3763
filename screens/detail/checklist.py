"""The deployment checklist: the newest deployment's steps, who answered what and when. The session reads it; here it is shown."""

from __future__ import annotations

from functools import partial

from checks.model import Scope
from checks.policy import Policy
from screens.detail.lines_table import lines_table
from screens.lines import Line
from screens.panels.panel import Spec
from screens.ports import Look
from screens.session import Session
from screens.table import Table, Target
from screens.views.fitting import fit_all
from screens.views.options import Options

REDRAW_SECONDS = 2.0


def checklist_spec(target: Target, session: Session) -> Spec:
    """Return the screen; it is made again every two seconds, so that answers given elsewhere are seen."""
    view = partial(checklist_view, session)
    return Spec("checklist", "", "Deployment checklist", view, (), 0.0, redraw=REDRAW_SECONDS)


def checklist_view(session: Session, look: Look, scope: Scope, policy: Policy, options: Options) -> Table:
    """Return the checklist's lines that hold the filter's text."""
    lines: tuple[Line, ...] = tuple(session.checklist(options.width)) if session.checklist is not None else ()
    return lines_table(
        fit_all(lines, options), options, empty="this console has no journal: `courtside deploy checklist`"
    )
