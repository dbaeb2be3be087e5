"""What the environment says, read once when a command starts. Everything that is wrong with it is said at once."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from bot.allowance import Allowance
from bot.dialogue.keeping import Keeping

PREFIX = "ZHUCHUANG_"

SHORTEST_KEY = 32
"""Characters of a key that cannot be guessed."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One environment variable. A ``secret`` may stand in a file instead, which the variable with ``_FILE`` behind its name names."""

    name: str
    meaning: str
    default: str = ""
    secret: bool = False


SETTINGS = (
    Setting("ZHUCHUANG_KNOWLEDGE", "a folder of policies and words to serve instead of those that come with the program"),
    Setting("ZHUCHUANG_DATA", "the folder of the SQLite file and of the key", "$STATE_DIRECTORY, else ~/.local/state/zhuchuang"),
    Setting("ZHUCHUANG_DATABASE_URL", "postgresql://… or sqlite:///…", "the file zhuchuang.db in the data folder", secret=True),
    Setting("ZHUCHUANG_SECRET_KEY", "the key under which chat ids are hashed", "with SQLite made by itself: secret.key", secret=True),
    Setting("ZHUCHUANG_ENCRYPTION_KEYS", "keys that seal what is stored, the newest first, commas between", secret=True),
    Setting("ZHUCHUANG_HOST", "the address to listen on", "127.0.0.1"),
    Setting("ZHUCHUANG_PORT", "the port to listen on", "8000"),
    Setting("ZHUCHUANG_TRUSTED_PROXIES", "addresses whose X-Forwarded-For is believed, commas between", "127.0.0.1"),
    Setting("ZHUCHUANG_TELEGRAM_TOKEN", "the token @BotFather gave", secret=True),
    Setting("ZHUCHUANG_TELEGRAM_BASE_URL", "the address of a proxy of the Bot API, such as https://proxy.example/bot"),
    Setting("ZHUCHUANG_TELEGRAM_WEBHOOK_URL", "the public address of /telegram/webhook; without it Telegram is polled"),
    Setting("ZHUCHUANG_TELEGRAM_PER_SECOND", "messages this process sends Telegram in a second at most", "28"),
    Setting("ZHUCHUANG_IDLE_DAYS", "days after which a silent conversation is deleted", "30"),
    Setting("ZHUCHUANG_FACTS_HOURS", "hours after which the answers of a finished questionnaire are deleted", "24"),
    Setting("ZHUCHUANG_INBOX_HOURS", "hours for which replies are kept against deliveries that are repeated", "48"),
    Setting("ZHUCHUANG_UNANSWERED_DAYS", "days for which questions without an answer are kept", "180"),
    Setting("ZHUCHUANG_MESSAGES_PER_MINUTE", "messages one person may send in a minute", "20"),
    Setting("ZHUCHUANG_REJECTED_PER_MINUTE", "wrong requests one address may make in a minute", "20"),
    Setting("ZHUCHUANG_LARGEST_BACKLOG", "waiting messages above which new ones are refused for the moment", "5000"),
)
"""Every setting, in the order of ``deploy/zhuchuang.env.example``."""


class SettingsError(Exception):
    """The environment cannot be used; ``problems`` are lines that each say which variable, what is wrong and how to mend it."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Settings:
    """Settings of one installation; ``SETTINGS`` says what each means. Secrets never show in a representation."""

    knowledge: Path | None = None
    data: Path = Path()
    database_url: str = field(default="", repr=False)
    secret_key: str | None = field(default=None, repr=False)
    encryption_keys: tuple[str, ...] = field(default=(), repr=False)
    host: str = "127.0.0.1"
    port: int = 8000
    trusted_proxies: str = "127.0.0.1"
    telegram_token: str | None = field(default=None, repr=False)
    telegram_base_url: str | None = None
    telegram_webhook_url: str | None = None
    telegram_per_second: float = 28.0
    keeping: Keeping = field(default_factory=Keeping)
    allowance: Allowance = field(default_factory=Allowance)
    rejected_per_minute: int = 20

    @property
    def is_on_server(self) -> bool:
        """Whether the store is on a database server, which several processes may share."""
        return not self.database_url.startswith("sqlite")


def read_settings(environment: Mapping[str, str]) -> Settings:
    """The settings an environment holds; an empty variable counts as absent.

    Raises:
        SettingsError: With everything that is wrong.
    """
    reader = _Reader(environment)
    knowledge = reader.text("KNOWLEDGE")
    if knowledge is not None and not Path(knowledge).is_dir():
        reader.wrong("KNOWLEDGE", f"names no folder: {knowledge}", "give the folder that holds policies/, lexicon/ and wording/")
    data = Path(reader.text("DATA") or environment.get("STATE_DIRECTORY", "").partition(":")[0] or _home(environment))
    database_url = reader.secret("DATABASE_URL") or f"sqlite:///{data / 'zhuchuang.db'}"
    if not database_url.startswith(("sqlite:", "postgresql:", "postgresql+asyncpg:", "postgres:")):
        reader.wrong("DATABASE_URL", "is neither SQLite nor PostgreSQL", "write postgresql://user:password@host/database or sqlite:///file")
    secret_key = reader.secret("SECRET_KEY")
    if secret_key is None and not database_url.startswith("sqlite"):
        reader.wrong("SECRET_KEY", "is not set", "with PostgreSQL every process needs the same key: make one with `zhuchuang new-key`")
    if secret_key is not None and len(secret_key) < SHORTEST_KEY:
        reader.wrong("SECRET_KEY", "is shorter than 32 characters", "make one with `zhuchuang new-key`")
    webhook = reader.text("TELEGRAM_WEBHOOK_URL")
    if webhook is not None and not (webhook.startswith("https://") or _is_local(webhook)):
        reader.wrong("TELEGRAM_WEBHOOK_URL", "does not begin with https://", "Telegram calls only https addresses")
    if webhook is not None and not webhook.endswith("/telegram/webhook"):
        reader.wrong("TELEGRAM_WEBHOOK_URL", "does not end in /telegram/webhook", "that is where this program listens")
    settings = Settings(
        Path(knowledge) if knowledge else None,
        data,
        database_url,
        secret_key,
        tuple(key.strip() for key in (reader.secret("ENCRYPTION_KEYS") or "").split(",") if key.strip()),
        reader.text("HOST") or "127.0.0.1",
        reader.number("PORT", 8000, 0, 65535),
        reader.text("TRUSTED_PROXIES") or "127.0.0.1",
        reader.secret("TELEGRAM_TOKEN"),
        reader.text("TELEGRAM_BASE_URL"),
        webhook,
        float(reader.number("TELEGRAM_PER_SECOND", 28, 1, 100_000)),
        Keeping(
            reader.number("IDLE_DAYS", 30, 1, 365),
            reader.number("FACTS_HOURS", 24, 1, 24 * 30),
            reader.number("INBOX_HOURS", 48, 1, 24 * 30),
            reader.number("UNANSWERED_DAYS", 180, 1, 365),
        ),
        Allowance(reader.number("MESSAGES_PER_MINUTE", 20, 1, 100_000), reader.number("LARGEST_BACKLOG", 5000, 1, 10_000_000)),
        reader.number("REJECTED_PER_MINUTE", 20, 1, 100_000),
    )
    reader.look_for_strangers()
    if reader.problems:
        raise SettingsError(tuple(reader.problems))
    return settings


def _home(environment: Mapping[str, str]) -> Path:
    state = environment.get("XDG_STATE_HOME")
    return (Path(state) if state else Path(environment.get("HOME") or ".") / ".local" / "state") / "zhuchuang"


def _is_local(url: str) -> bool:
    return url.startswith(("http://127.0.0.1:", "http://localhost:", "http://[::1]:"))


class _Reader:
    """Reads variables and collects what is wrong with them."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment
        self._known = {setting.name for setting in SETTINGS} | {f"{setting.name}_FILE" for setting in SETTINGS if setting.secret}
        self.problems: list[str] = []

    def wrong(self, name: str, problem: str, fix: str) -> None:
        self.problems.append(f"{PREFIX}{name} {problem}; {fix}")

    def text(self, name: str) -> str | None:
        return self._environment.get(f"{PREFIX}{name}", "").strip() or None

    def secret(self, name: str) -> str | None:
        """The value, from its variable or from the file that another names."""
        given, file = self.text(name), self.text(f"{name}_FILE")
        if given is not None and file is not None:
            self.wrong(name, "is set, and so is the same with _FILE", "keep one of them")
        if file is None:
            return given
        try:
            held = Path(file).read_text("utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            self.wrong(
                f"{name}_FILE", f"names a file that cannot be read ({type(error).__name__}): {file}", "check the path and its rights"
            )
            return None
        if not held:
            self.wrong(f"{name}_FILE", f"names an empty file: {file}", "write the value into it")
        return held or None

    def number(self, name: str, default: int, low: int, high: int) -> int:
        given = self.text(name)
        if given is None:
            return default
        if not given.isascii() or not given.isdigit() or not low <= int(given) <= high:
            self.wrong(name, f"is {given!r}", f"write a whole number from {low} to {high}")
            return default
        return int(given)

    def look_for_strangers(self) -> None:
        """A misspelt setting would otherwise be left out in silence."""
        for name in sorted(self._environment):
            if name.startswith(PREFIX) and name not in self._known and not name.startswith(f"{PREFIX}TEST_"):
                self.problems.append(f"{name} is no setting; see deploy/zhuchuang.env.example for those there are")
