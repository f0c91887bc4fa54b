"""What is written holds no secrets, whatever they look like."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from entrepot.logs.redacting import Redacting
from entrepot.model.link_tokens import Grant, token_of

CANARY = "cAnary-4711"
WRITTEN = (
    f"postgresql://app:{CANARY}@db:5432/shop did not answer",
    f"mysql://app:x/{CANARY}?@y@db/shop",
    f"host=db user=app password='it''s {CANARY}' dbname=shop",
    f"password={CANARY}&sslmode=require",
    f"postgresql://db/shop?sslpassword={CANARY}",
    f"https://bucket.s3.example/a.csv?X-Amz-Credential=a&X-Amz-Signature={CANARY}&X-Amz-Date=1",
    f"https://here.example/files/art_1?expires=1&signature={CANARY}",
    f"https://account.blob.example/c/a.csv?sv=1&sig={CANARY}",
    f"Authorization: Bearer {CANARY}",
    f"authorization=Basic {CANARY}",
    f"sent 'Bearer {CANARY}'",
    f'{{"aws_secret_access_key": "{CANARY}", "token": "{CANARY}"}}',
    f"{{'client_secret': '{CANARY}'}}",
    f"ALTER ROLE app PASSWORD '{CANARY}'",
    f"AWS_SESSION_TOKEN={CANARY}",
)


@pytest.mark.parametrize("text", WRITTEN)
def test_secrets_that_look_like_one_are_taken_out(text: str) -> None:
    assert CANARY not in Redacting().of(text)


@pytest.mark.parametrize(
    "secret",
    [
        "AGE-SECRET-KEY-1QQQQQQQQQQQQQQQQQQQQQQQQQQQQ",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl",
        token_of(Grant(file="file_1m7yxxkp00000000", tenant=None, until=datetime(2026, 11, 22, tzinfo=UTC)), b"key"),
        "AKIAIOSFODNN7EXAMPLE",
        "-----BEGIN PRIVATE KEY-----\nabc\n-----END PRIVATE KEY-----",
    ],
)
def test_keys_and_tokens_are_known_by_their_form(secret: str) -> None:
    assert Redacting().of(f"got {secret} from them") == "got *** from them"


def test_what_this_process_was_given_is_found_wherever_it_stands() -> None:
    environment = {"PGPASSWORD": "open sesame", "APP_DB": "mysql://u:cl%40m-chowder@db/a", "HOME": "/home/somebody"}
    said = Redacting(environment).of("open sesame, open%20sesame, cl@m-chowder, cl%40m-chowder, /home/somebody")
    assert said == "***, ***, ***, ***, /home/somebody"


@pytest.mark.parametrize(
    "text",
    [
        "exp_01: The password was refused by the database.",
        "3 tokens, key_used, secret_in_job: a job keeps what it was asked for",
        "sqlite:///home/app.db at 10:00:00@2026",
        "postgresql://app@localhost/app",
    ],
)
def test_words_about_secrets_stay(text: str) -> None:
    assert Redacting().of(text) == text


@pytest.mark.parametrize("part", ["a", "://a:", "password", "eyJ", "'", "token= ", "AKIA"])
def test_a_long_text_takes_no_longer_than_a_long_text_must(part: str) -> None:
    """It would not end before the tests do."""
    assert Redacting().of(part * 30_000) is not None
