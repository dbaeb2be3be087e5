import os
import subprocess
import sys

import pytest


def test_a_token_that_cannot_be_one_is_told_without_showing_it(tmp_path):
    """It is refused before anything is sent, so no network is needed."""
    done = subprocess.run(
        [sys.executable, "-m", "bot.cli", "serve"],
        env=os.environ | {"ZHUCHUANG_TELEGRAM_TOKEN": "12345:some thing secret", "ZHUCHUANG_DATA": str(tmp_path)},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )

    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert "ZHUCHUANG_TELEGRAM_TOKEN" in done.stderr
    assert "secret" not in done.stdout + done.stderr


def test_everything_wrong_with_the_settings_is_said_at_once(run, monkeypatch):
    """One start a mistake would take an operator all morning."""
    for name, value in {"PORT": "http", "DATABASE_URL": "mysql://x", "IDLE_DAYS": "-1", "TELEGRAM_TOKN": "12:x"}.items():
        monkeypatch.setenv(f"ZHUCHUANG_{name}", value)
    ran = run("serve")

    assert ran.code == 2
    assert len(ran.err.splitlines()) == 5
    for name in ("PORT", "DATABASE_URL", "IDLE_DAYS", "TELEGRAM_TOKN", "SECRET_KEY"):
        assert f"ZHUCHUANG_{name}" in ran.err


@pytest.mark.parametrize("command", ["serve", "forget", "purge", "reload", "migrate", "doctor", "new-key", "rotate-keys"])
def test_each_command_explains_itself_with_an_example(run, command):
    """What a command does is found where it is needed."""
    ran = run(command, "--help")

    assert ran.code == 0
    assert "example" in ran.out
    assert f"zhuchuang {command}" in ran.out


def test_the_help_of_serve_names_every_setting(run):
    """One list, the same that is checked."""
    from bot.settings import SETTINGS

    assert [one.name for one in SETTINGS if one.name not in run("serve", "--help").out] == []


def test_a_new_key_is_one(run):
    """It can be used as it is printed."""
    from cryptography.fernet import Fernet

    keys = {run("new-key").out.strip() for _ in range(3)}

    assert len(keys) == 3
    assert all(Fernet(key) for key in keys)


def test_a_store_can_be_looked_after_from_the_command_line(run, monkeypatch, tmp_path):
    """Each command makes the store if there is none, and says what it did."""
    monkeypatch.setenv("ZHUCHUANG_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("ZHUCHUANG_ENCRYPTION_KEYS", "cw_0x689RpI-jtRR7oE8h_eQsKImvJapLeSbXpwF4e4=")

    assert run("migrate").out == "The tables are as they should be.\n"
    assert run("purge").out.startswith("Deleted: 0 sessions")
    assert run("rotate-keys").out == "Sealed anew with the newest key: 0 rows.\n"
    assert run("reload").out == "No process serves on this store, so there is nothing to reload.\n"
    assert run("forget", "telegram:1").out.startswith("Nothing was held of this conversation in ")
    assert [run("forget", wrong).code for wrong in ("1", "Telegram:1", "telegram: 1", "telegram:abc", "wechat:1")] == [2] * 5
    assert oct((tmp_path / "data").stat().st_mode)[-3:] == "700"
    assert {oct(file.stat().st_mode)[-3:] for file in (tmp_path / "data").iterdir()} == {"600"}


def test_forgetting_makes_no_store_of_its_own(run, monkeypatch, tmp_path):
    """Run without the service's settings it would look into an empty store and say that nothing is held."""
    monkeypatch.setenv("ZHUCHUANG_DATA", str(tmp_path / "elsewhere"))
    ran = run("forget", "telegram:1")

    assert ran.code == 2
    assert "there is no store" in ran.err
    assert not (tmp_path / "elsewhere").exists()


def test_a_password_in_an_address_that_cannot_be_read_is_not_shown(run, monkeypatch):
    """What cannot be read is quoted by libraries."""
    monkeypatch.setenv("ZHUCHUANG_SECRET_KEY", "k" * 40)
    monkeypatch.setenv("ZHUCHUANG_DATABASE_URL", "postgresql://zh:p@ss:Geheim7@db:5432/x")
    shown = [run(*command) for command in (("purge",), ("doctor",), ("serve",))]

    assert [ran.code for ran in shown] == [2, 1, 2]
    assert not [ran for ran in shown if "Geheim7" in ran.out + ran.err]


def test_the_doctor_says_what_to_do_about_a_damaged_store(run, monkeypatch, tmp_path):
    """It is where an operator looks first, and must not fall over itself."""
    monkeypatch.setenv("ZHUCHUANG_DATA", str(tmp_path))
    (tmp_path / "zhuchuang.db").write_text("this is no database " * 100, "utf-8")
    ran = run("doctor")

    assert ran.code == 1
    assert "restore the newest backup" in ran.out


def test_a_key_file_that_is_empty_is_not_taken_for_a_key(run, monkeypatch, tmp_path):
    """Everybody could work out its hashes."""
    monkeypatch.setenv("ZHUCHUANG_DATA", str(tmp_path))
    (tmp_path / "secret.key").touch()
    ran = run("purge")

    assert ran.code == 2
    assert "holds no key" in ran.err


@pytest.mark.parametrize(
    ("name", "value", "part"),
    [
        ("ENCRYPTION_KEYS", "short", "new-key"),
        ("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/nothing", "cannot be reached"),
        ("DATA", "/proc/nowhere", "cannot be written"),
    ],
)
def test_a_store_that_cannot_be_used_is_one_line(run, monkeypatch, name, value, part):
    """Never a traceback."""
    monkeypatch.setenv("ZHUCHUANG_SECRET_KEY", "k" * 40)
    monkeypatch.setenv("ZHUCHUANG_DATA", "/proc/nowhere")
    if name == "ENCRYPTION_KEYS":
        monkeypatch.setenv("ZHUCHUANG_DATABASE_URL", "sqlite://")
    monkeypatch.setenv(f"ZHUCHUANG_{name}", value)
    ran = run("purge")

    assert ran.code == 2
    assert len(ran.err.splitlines()) == 1
    assert part in ran.err
