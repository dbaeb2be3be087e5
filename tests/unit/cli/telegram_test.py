import os
import subprocess
import sys

import pytest


@pytest.mark.parametrize("token", ["", "   "])
def test_without_a_token_the_setting_is_named(run, monkeypatch, token):
    """An empty variable is the same as none, as every deployment file has it."""
    monkeypatch.setenv("ZHUCHUANG_TELEGRAM_TOKEN", token)
    ran = run("telegram")

    assert ran.code == 2
    assert len(ran.err.splitlines()) == 1
    assert "ZHUCHUANG_TELEGRAM_TOKEN" in ran.err


def test_a_token_that_cannot_be_one_is_told_without_showing_it():
    """It is refused before anything is sent, so no network is needed."""
    done = subprocess.run(
        [sys.executable, "-m", "bot.cli", "telegram"],
        env=os.environ | {"ZHUCHUANG_TELEGRAM_TOKEN": "12345:some thing secret"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )

    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert "ZHUCHUANG_TELEGRAM_TOKEN" in done.stderr
    assert "secret" not in done.stdout + done.stderr
