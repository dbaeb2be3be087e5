from pathlib import Path

import pytest

from bot.settings import SETTINGS, Settings, SettingsError, read_settings

KEY = "a-key-that-is-long-enough-to-be-one-of-them"


def test_settings_come_from_the_environment(tmp_path):
    """One place lists everything an operator can set."""
    environment = {
        "ZHUCHUANG_KNOWLEDGE": str(tmp_path),
        "ZHUCHUANG_TELEGRAM_TOKEN": "12345:abc\n",
        "ZHUCHUANG_TELEGRAM_BASE_URL": "https://proxy.example/bot",
        "ZHUCHUANG_DATABASE_URL": "postgresql://a@b/c",
        "ZHUCHUANG_SECRET_KEY": KEY,
        "ZHUCHUANG_ENCRYPTION_KEYS": "new, old",
        "ZHUCHUANG_IDLE_DAYS": "7",
    }
    found = read_settings(environment)

    assert (found.knowledge, found.telegram_token, found.telegram_base_url) == (tmp_path, "12345:abc", "https://proxy.example/bot")
    assert (found.is_on_server, found.secret_key, found.encryption_keys, found.keeping.idle_days) == (True, KEY, ("new", "old"), 7)


def test_empty_is_absent():
    """Compose files set every variable, most of them to nothing."""
    environment = {setting.name: " " for setting in SETTINGS} | {"HOME": "/nowhere"}

    assert read_settings(environment) == read_settings({"HOME": "/nowhere"})


@pytest.mark.parametrize(
    ("environment", "folder"),
    [
        ({"ZHUCHUANG_DATA": "/a", "STATE_DIRECTORY": "/b"}, "/a"),
        ({"STATE_DIRECTORY": "/b:/other", "XDG_STATE_HOME": "/c"}, "/b"),
        ({"XDG_STATE_HOME": "/c", "HOME": "/d"}, "/c/zhuchuang"),
        ({"HOME": "/d"}, "/d/.local/state/zhuchuang"),
    ],
)
def test_the_data_folder_is_where_a_service_or_a_person_expects_it(environment, folder):
    """Systemd makes a folder for its service; a person has one at home."""
    found = read_settings(environment)

    assert found.data == Path(folder)
    assert found.database_url == f"sqlite:///{folder}/zhuchuang.db"


def test_a_secret_may_stand_in_a_file(tmp_path):
    """Containers and systemd hand secrets over as files."""
    file = tmp_path / "token"
    file.write_text("12345:abc\n", "utf-8")

    assert read_settings({"ZHUCHUANG_TELEGRAM_TOKEN_FILE": str(file)}).telegram_token == "12345:abc"


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({"ZHUCHUANG_KNOWLEDGE": "/no/such"}, "names no folder"),
        ({"ZHUCHUANG_PORT": "70000"}, "from 0 to 65535"),
        ({"ZHUCHUANG_PORT": "\uff18\uff10"}, "from 0 to 65535"),
        ({"ZHUCHUANG_DATABASE_URL": "mysql://x"}, "neither SQLite nor PostgreSQL"),
        ({"ZHUCHUANG_DATABASE_URL": "postgresql://x"}, "ZHUCHUANG_SECRET_KEY is not set"),
        ({"ZHUCHUANG_SECRET_KEY": "short"}, "shorter than 32"),
        ({"ZHUCHUANG_TELEGRAM_WEBHOOK_URL": "http://example.org/telegram/webhook"}, "https://"),
        ({"ZHUCHUANG_TELEGRAM_WEBHOOK_URL": "https://example.org/hook"}, "/telegram/webhook"),
        ({"ZHUCHUANG_TELEGRAM_TOKEN_FILE": "/no/such"}, "cannot be read"),
        ({"ZHUCHUANG_TELEGRAM_TOKEN_FILE": "/dev/null"}, "empty file"),
        ({"ZHUCHUANG_TELEGRAM_TOKEN": "1:a", "ZHUCHUANG_TELEGRAM_TOKEN_FILE": "/dev/null"}, "keep one of them"),
        ({"ZHUCHUANG_TELEGRAM_TOKN": "1:a"}, "no setting"),
        ({"ZHUCHUANG_PORT_FILE": "/dev/null"}, "no setting"),
    ],
)
def test_what_is_wrong_is_said_with_how_to_mend_it(environment, said):
    """The message is all an operator has at night."""
    with pytest.raises(SettingsError) as caught:
        read_settings({"HOME": "/nowhere", **environment})

    assert any(said in problem and "; " in problem for problem in caught.value.problems)


def test_no_secret_shows():
    """Settings end up in a traceback sooner or later."""
    shown = repr(Settings(telegram_token="1:secret", secret_key="secret", encryption_keys=("secret",), database_url="postgresql://secret"))

    assert "secret" not in shown.replace("secret_key", "")
