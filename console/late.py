"""What a page of the console shows besides the warehouse, imported with the first key that asks for it."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from console.auditing import Auditing
    from console.cli.shell import Shell
    from console.deploying.newest import NewestChecklist
    from console.settings import Settings
    from screens.ports import Audit
    from screens.text.checklist import ChecklistView


class LateChecklist:
    """The checklist of the newest deployment."""

    def __init__(self, settings: Settings, shell: Shell) -> None:
        self._settings = settings
        self._shell = shell

    @cached_property
    def newest(self) -> NewestChecklist:
        """What looks at it and answers it."""
        from console.actions.whoami import current_actor  # noqa: PLC0415
        from console.deploying.newest import NewestChecklist  # noqa: PLC0415

        shell = self._shell
        return NewestChecklist(self._settings, lambda: current_actor(shell.environment).user, shell.now)

    def known(self) -> ChecklistView | str:
        """As `NewestChecklist.known`."""
        return self.newest.known()

    def answer(self, deployment: str, step: str, word: str, note: str) -> str:
        """As `NewestChecklist.answer`."""
        return self.newest.answer(deployment, step, word, note)


class LateAuditor:
    """The auditor; `here` is the current folder."""

    def __init__(self, settings: Settings, shell: Shell, here: Path) -> None:
        self._settings = settings
        self._shell = shell
        self._here = here
        self._made: Auditing | None = None

    @property
    def auditing(self) -> Auditing:
        """What audits; it knows nothing until somebody asks."""
        if self._made is None:
            from console.auditing import Auditing, checkout_of  # noqa: PLC0415

            to_set = (
                f'set `checkout = "PATH"` under [audit] in {self._settings.config_path}, or start the console in one'
            )
            self._made = Auditing(checkout_of(self._settings.audit_checkout, self._here), to_set, self._shell.now)
        return self._made

    def known(self) -> Audit:
        """As `Auditor.known`."""
        return self.auditing.known()

    def again(self) -> None:
        """As `Auditor.again`."""
        self.auditing.again()

    def stop(self) -> None:
        """As `Auditor.stop`; nothing is on its way before somebody has asked."""
        if self._made is not None:
            self._made.stop()
