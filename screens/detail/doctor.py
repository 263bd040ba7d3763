"""The doctor: settings and where each comes from, versions, tables. The session's doctor examines; here it is shown."""

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

REDRAW_SECONDS = 1.0


def doctor_spec(target: Target, session: Session) -> Spec:
    """Return the screen; it is made again every second, because the doctor answers at once with what is known so far."""
    return Spec("doctor", "", "Doctor", partial(doctor_view, session), (), 0.0, redraw=REDRAW_SECONDS)


def doctor_view(session: Session, look: Look, scope: Scope, policy: Policy, options: Options) -> Table:
    """Return the doctor's lines that hold the filter's text."""
    lines: tuple[Line, ...] = tuple(session.doctor(options.width)) if session.doctor is not None else ()
    return lines_table(fit_all(lines, options), options, empty="this console has no doctor: `courtside doctor` is one")
