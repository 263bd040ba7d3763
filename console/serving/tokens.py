"""Bearer tokens: who may read, who may have checks run. Of a secret only its digest is kept, so that nothing can show it.

A token is one word `NAME:SCOPE:SECRET`, for example `grafana:read:8Zk…`. The name is what the log calls the caller, and the scope
`run` includes `read`. Tokens come from the variable COURTSIDE_SERVE_TOKENS or from a file of its own, never from the command
line, which every user of the machine can read.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from pathlib import Path

from console.settings import SettingsError

VARIABLE = "COURTSIDE_SERVE_TOKENS"
SHORTEST_SECRET = 20
"""Characters; 20 of base 64 hold 120 bits, which nobody guesses."""

_NAME = re.compile(r"[A-Za-z0-9._-]{1,40}")
_SECRET = re.compile(r"[A-Za-z0-9._~+/=-]+")
"""What RFC 6750 lets a bearer token be made of."""


class Access(IntEnum):
    """What somebody may do, each including what is before it."""

    READ = 1
    RUN = 2


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody who asks: the name for the log, and what they may do."""

    name: str
    access: Access


@dataclass(frozen=True, slots=True)
class Token:
    """A caller, and the SHA-256 digest of their secret."""

    caller: Caller
    digest: bytes = field(repr=False)


class Tokens:
    """All tokens; false where there are none."""

    def __init__(self, tokens: Iterable[Token] = ()) -> None:
        self._tokens = tuple(tokens)

    def __bool__(self) -> bool:
        return bool(self._tokens)

    def caller(self, secret: bytes) -> Caller | None:
        """Return whose secret it is, None for nobody's; takes as long for the one as for the other."""
        digest = hashlib.sha256(secret).digest()
        matches = [token.caller for token in self._tokens if hmac.compare_digest(token.digest, digest)]
        return matches[0] if matches else None


def tokens_of(environment: Mapping[str, str], path: Path | None) -> Tokens:
    """Return the tokens of the environment, else those of the file at `path`, else none.

    Raises SettingsError, which repeats no secret.
    """
    if said := environment.get(VARIABLE, "").strip():
        return parse_tokens(re.split(r"[\s,]+", said), f"the variable {VARIABLE}")
    return Tokens() if path is None else _of_file(path)


def parse_tokens(words: Iterable[str], source: str) -> Tokens:
    """Return the tokens that `words` are. Raises SettingsError that names the source and the word's number, never the word."""
    found = [_token(word, f"token {number} of {source}") for number, word in enumerate(filter(None, words), 1)]
    if not found:
        raise SettingsError(f"{source} has no token: put in one as NAME:SCOPE:SECRET, or take the setting out")
    if len({token.digest for token in found}) < len(found):
        raise SettingsError(f"{source} has one secret twice: each token needs its own")
    return Tokens(found)


def _of_file(path: Path) -> Tokens:
    try:
        mode, text = path.stat().st_mode, path.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise SettingsError(f"the tokens file {path} cannot be read: {reason}") from None
    if mode & 0o077:
        raise SettingsError(f"the tokens file {path} can be read by others on this machine: chmod 600 {path}")
    return parse_tokens((line.partition("#")[0].strip() for line in text.splitlines()), f"the tokens file {path}")


def _token(word: str, place: str) -> Token:
    name, _, rest = word.partition(":")
    scope, _, secret = rest.partition(":")
    if not _NAME.fullmatch(name) or scope not in ("read", "run") or not secret:
        raise SettingsError(f"{place} must be NAME:SCOPE:SECRET with the scope read or run, such as grafana:read:…")
    if len(secret) < SHORTEST_SECRET or not _SECRET.fullmatch(secret):
        raise SettingsError(
            f"{place} ({name}) must have a secret of at least {SHORTEST_SECRET} letters, digits or any of ._~+/=- : "
            'python3 -c "import secrets; print(secrets.token_urlsafe(32))" makes one'
        )
    return Token(Caller(name, Access[scope.upper()]), hashlib.sha256(secret.encode()).digest())
