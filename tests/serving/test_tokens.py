"""Who may ask what; and no secret is ever shown."""

from __future__ import annotations

import hmac
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from console.serving.tokens import Access, Tokens, parse_tokens, tokens_of
from console.settings import SettingsError
from tests.serving.served import Opener, Served, Setting, serving

READER, RUNNER = "reading-secret-0123456789", "running-secret-0123456789"
WORDS = (f"grafana:read:{READER}", f"airflow:run:{RUNNER}")


def bearer(secret: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {secret}"}


@pytest.fixture
def guarded(opener: Opener, tmp_path: Path) -> Iterator[Served]:
    with serving(opener, tmp_path, Setting(tokens=parse_tokens(WORDS, "the test"))) as running:
        yield running


@pytest.mark.parametrize(
    "path", ["/verdict", "/checks", "/checks/orchestration.gap", "/incidents", "/metrics", "/nothing"]
)
def test_without_a_token_nothing_is_told_and_nothing_is_run(guarded: Served, opener: Opener, path: str) -> None:
    answer = guarded.get(path)
    assert (answer.status_code, answer.json()["error"]["kind"]) == (401, "unauthorized")
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert opener.opened == 0


@pytest.mark.parametrize("path", ["/healthz", "/openapi.json"])
def test_whether_it_lives_and_what_can_be_asked_is_everybodys(guarded: Served, path: str) -> None:
    assert guarded.get(path).status_code == 200


@pytest.mark.parametrize(
    "header",
    [
        f"Bearer {READER}x",
        f"Bearer {READER[:-1]}",
        "Bearer",
        READER,
        f"Basic {READER}",
        f"Bearer grafana:read:{READER}",
        f"Bearer {READER} {RUNNER}",
    ],
)
def test_a_wrong_token_is_none(guarded: Served, header: str) -> None:
    assert guarded.get("/verdict", headers={"Authorization": header}).status_code == 401


def test_two_tokens_in_one_request_are_none(guarded: Served) -> None:
    twice = [("Authorization", f"Bearer {READER}"), ("Authorization", f"Bearer {RUNNER}")]
    assert guarded.get("/verdict", headers=twice).status_code == 401


def test_a_token_in_the_address_is_none_and_is_not_logged(guarded: Served) -> None:
    assert guarded.get("/verdict", params={"token": RUNNER}).status_code == 401
    assert RUNNER not in guarded.out.getvalue()


def test_who_may_read_may_not_run(guarded: Served, opener: Opener) -> None:
    assert guarded.get("/verdict", headers=bearer(READER)).status_code == 200
    for path in ("/run", "/gates/phase2_to_phase3/2026-01-24"):
        refused = guarded.post(path, headers=bearer(READER))
        assert (refused.status_code, refused.json()["error"]["kind"]) == (403, "forbidden")
        assert "insufficient_scope" in refused.headers["www-authenticate"]
    assert opener.opened == 1


def test_who_may_run_may_read(guarded: Served) -> None:
    assert guarded.post("/run", headers=bearer(RUNNER)).status_code == 200
    assert guarded.get("/checks", headers={"authorization": f"bearer  {RUNNER}"}).status_code == 200


def test_the_log_names_who_asked_and_holds_no_secret(guarded: Served) -> None:
    for secret in (READER, RUNNER, "wrong-secret-0123456789"):
        guarded.get("/verdict", headers=bearer(secret))
    assert [line["by"] for line in guarded.requests(3)] == ["grafana", "airflow", ""]
    assert not any(word in guarded.out.getvalue() for word in ("secret", "Bearer"))


def test_without_tokens_only_this_machine_may_ask_and_no_web_page(served: Served, opener: Opener) -> None:
    for header in (
        {"Host": "evil.example"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Host": "127.0.0.1.evil.example"},
        {"X-Forwarded-For": "203.0.113.9"},
        {"Forwarded": "for=203.0.113.9"},
        {"Via": "1.1 proxy"},
        {"X-Real-IP": "203.0.113.9"},
    ):
        refused = served.post("/run", headers=header)
        assert (refused.status_code, refused.json()["error"]["kind"]) == (403, "forbidden")
    assert opener.opened == 0
    for header in ({"Host": "localhost:8787"}, {"Host": "[::1]"}, {"Origin": "http://127.0.0.1:3000"}):
        assert served.get("/healthz", headers=header).status_code == 200


def test_tokens_come_from_the_environment_before_the_file(tmp_path: Path) -> None:
    file = tmp_path / "tokens"
    file.write_text(f"# for the dashboards\n{WORDS[0]}\n\n{WORDS[1]}   # and for runs\n")
    file.chmod(0o600)
    of_file = tokens_of({}, file)
    assert access(of_file, READER) is Access.READ
    assert access(of_file, RUNNER) is Access.RUN
    of_environment = tokens_of({"COURTSIDE_SERVE_TOKENS": f"{WORDS[1]},\n other:read:{'x' * 20} "}, file)
    assert access(of_environment, READER) is None
    assert access(of_environment, RUNNER) is Access.RUN
    assert not tokens_of({"COURTSIDE_SERVE_TOKENS": " "}, None)


def access(tokens: Tokens, secret: str) -> Access | None:
    caller = tokens.caller(secret.encode())
    return caller.access if caller else None


@pytest.mark.parametrize(
    "word",
    [
        "s3cr3t-without-anything-before",
        "name:write:s3cr3t-0123456789012345",
        "name:read:s3cr3t-short",
        "name:read:s3cr3t-with-ümlaut-0123456789",
        "na me:read:s3cr3t-0123456789012345",
        ":read:s3cr3t-0123456789012345",
    ],
)
def test_a_token_that_cannot_be_is_refused_by_its_number_and_never_repeated(word: str) -> None:
    with pytest.raises(SettingsError, match=r"token 2 of the file") as refused:
        parse_tokens([WORDS[0], word], "the file")
    assert "s3cr3t" not in str(refused.value)


def test_one_secret_for_two_and_a_file_without_any_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="one secret twice"):
        parse_tokens([WORDS[0], f"other:run:{READER}"], "the file")
    empty = tmp_path / "tokens"
    empty.write_text("# none yet\n")
    empty.chmod(0o600)
    with pytest.raises(SettingsError, match="has no token"):
        tokens_of({}, empty)


def test_a_tokens_file_that_others_can_read_or_nobody_can_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "tokens"
    with pytest.raises(SettingsError, match="cannot be read: No such file"):
        tokens_of({}, file)
    file.write_text(WORDS[0])
    file.chmod(0o640)
    with pytest.raises(SettingsError, match="chmod 600"):
        tokens_of({}, file)


@pytest.mark.parametrize("secret", [READER, RUNNER, "wrong-secret-0123456789", ""])
def test_every_secret_is_compared_with_every_token_in_constant_time(
    secret: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared = []

    def compare(one: bytes, other: bytes) -> bool:
        compared.append((len(one), len(other)))
        return hmac.compare_digest(one, other)

    monkeypatch.setattr("console.serving.tokens.hmac", SimpleNamespace(compare_digest=compare))
    parse_tokens(WORDS, "the test").caller(secret.encode())
    assert compared == [(32, 32)] * len(WORDS)


def test_a_token_shows_its_secret_to_nobody() -> None:
    tokens = parse_tokens(WORDS, "the test")
    assert not any(word in f"{tokens!r} {vars(tokens)!r}" for word in (READER, RUNNER))
