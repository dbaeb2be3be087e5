from pathlib import Path

from bot.settings import Settings, read_settings


def test_settings_come_from_the_environment():
    """One place lists everything an operator can set."""
    environment = {
        "ZHUCHUANG_KNOWLEDGE": "some/folder",
        "ZHUCHUANG_TELEGRAM_TOKEN": "12345:abc\n",
        "ZHUCHUANG_TELEGRAM_BASE_URL": "https://proxy.example/bot",
    }

    assert read_settings(environment) == Settings(Path("some/folder"), "12345:abc", "https://proxy.example/bot")


def test_empty_is_absent():
    """Compose files set every variable, most of them to nothing."""
    assert read_settings({"ZHUCHUANG_KNOWLEDGE": "", "ZHUCHUANG_TELEGRAM_TOKEN": " "}) == Settings()


def test_the_token_does_not_show():
    """Settings end up in a traceback sooner or later."""
    assert "secret" not in repr(Settings(telegram_token="12345:secret"))
