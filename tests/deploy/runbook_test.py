"""The runbook, pasted command by command into a bare Debian that really boots, with a Telegram on this machine at the other end."""

import asyncio
import re
import shutil
import socket
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp.connector
import pytest

from tests.channels.bot_api import TOKEN, BotApi
from tests.deploy.machines import TOP, Machine, booted, install, pip_settings, require, run
from tests.deploy.stores import DEPLOY

pytestmark = pytest.mark.long

YOURS = {
    "REPOSITORY": "/srv/repository.git",
    "VERSION": "v0.1.0",
    "NEW": "v0.2.0",
    "TOKEN": TOKEN,
    "BASE_URL": "",
    "DOMAIN": "localhost",
    "CHAT": "100",
}
"""What the runbook asks an operator for; the emulated Telegram's address is put in when it is known."""
EVERY_DAY = ("Backup and restore", "Change the content", "Delete a person", "Rotate keys")
ONE_PROCESS = ("Install", "First start", *EVERY_DAY, "Upgrade", "Rollback")
BEHIND_CADDY = ("Webhook",)
SEVERAL_WORKERS = ("PostgreSQL and several workers", "Backup and restore", "Delete a person", "Rotate keys")
ELSEWHERE = {"With containers": "docker", "Kubernetes": "kubernetes"}
"""Sections whose commands need what no Debian brings along."""
CADDYS_AUTHORITY = Path("/var/lib/caddy/.local/share/caddy/pki/authorities/local/root.crt")
PORTS = (80, 443, 2019, 5432, 8000, 8001, 8002)
_PATIENCE_SECONDS = 60


@dataclass
class Section:
    """The commands under one heading: what the operator has to fill in, what is pasted, and what is for other machines."""

    yours: list[str] = field(default_factory=list)
    pasted: list[str] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)


def sections() -> dict[str, Section]:
    """The runbook's commands by heading."""
    found: dict[str, Section] = {}
    for part in (DEPLOY / "README.md").read_text("utf-8").split("\n## ")[1:]:
        heading, _, text = part.partition("\n")
        section = found[heading] = Section()
        for mark, block in re.findall(r"^```sh ?(\w*)\n(.*?)^```", text, re.MULTILINE | re.DOTALL):
            kind = {"": section.pasted, "yours": section.yours}.get(mark, section.elsewhere)
            kind.append(block)
    return found


def test_every_command_of_the_runbook_is_pasted_somewhere():
    """A section nobody tries is wrong within a month."""
    pasted = {heading for heading, section in sections().items() if section.pasted}

    assert pasted == {*ONE_PROCESS, *BEHIND_CADDY, *SEVERAL_WORKERS}
    assert {heading for heading, section in sections().items() if section.elsewhere} == set(ELSEWHERE)


def test_the_drill_fills_in_what_the_runbook_asks_for():
    """What is asked in one section is known in all later ones."""
    blocks = [block for section in sections().values() for block in section.yours]
    asked = {name for block in blocks for name in re.findall(r"^(?:read -\S+ '[^']*' )?([A-Z_]+)", block, re.MULTILINE)}

    assert asked == YOURS.keys()


@pytest.fixture
def repository(tmp_path) -> Path:
    """This checkout as a stranger clones it, what is not committed yet included, under two versions."""
    listing = run("git", "-c", "safe.directory=*", "-C", TOP, "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    names = [name for name in listing.split("\0") if name and (TOP / name).is_file()]
    work = tmp_path / "work"
    work.mkdir()
    subprocess.run(["tar", "-C", TOP, "--null", "-T", "-", "-cf", tmp_path / "work.tar"], input="\0".join(names), text=True, check=True)
    run("tar", "-C", work, "--no-same-owner", "-xf", tmp_path / "work.tar")
    git = ("git", "-C", work, "-c", "user.name=Drill", "-c", "user.email=drill@example.org", "-c", "init.defaultBranch=main")
    run(*git, "init", "--quiet")
    for version in ("v0.1.0", "v0.2.0"):
        (work / "VERSION").write_text(version, "utf-8")
        run(*git, "add", "--all")
        run(*git, "commit", "--quiet", "--message", version)
        run(*git, "tag", version)
    run("git", "clone", "--quiet", "--bare", work, tmp_path / "repository.git")
    return tmp_path / "repository.git"


@pytest.fixture
def debian(tmp_path, request):
    """A bare Debian 12 that can boot; all else the runbook installs."""
    require("debootstrap", "systemd-nspawn", "nsenter")
    repository = request.getfixturevalue("repository")
    for port in PORTS:
        with socket.socket() as free:
            free.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                free.bind(("127.0.0.1", port))
            except OSError:
                pytest.fail(f"port {port} is taken on this machine, and the drill needs it")
    folder = tmp_path / "debian"
    run("cp", "--archive", request.getfixturevalue("bare_debian"), folder)
    install(folder, "systemd", "systemd-sysv", "dbus")
    (folder / "etc/pip.conf").write_text(pip_settings(), "utf-8")
    run("cp", "--recursive", repository, folder / "srv/repository.git")
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
async def telegram():
    """The other end, outside of the machine."""
    api = BotApi()
    await api.start()
    yield api
    await api.close()


class Drill:
    """An operator with the runbook open, and somebody who writes to the bot."""

    def __init__(self, machine: Machine, telegram: BotApi) -> None:
        self.machine = machine
        self.telegram = telegram
        self._yours = "".join(f"{name}='{value}'\n" for name, value in {**YOURS, "BASE_URL": telegram.base_url}.items())
        self._people = 1000

    async def paste(self, heading: str, *, service: str = "zhuchuang") -> None:
        """Paste the commands of a section; where several workers run they stand for the one service, as the text says."""
        for block in sections()[heading].pasted:
            block = re.sub(r"(?m)^(systemctl (?:stop|start|restart)) zhuchuang$", rf"\1 {service}", block)
            await self.sh(f"{self._yours}\n{block}")

    async def sh(self, script: str) -> str:
        return await asyncio.to_thread(self.machine.sh, script)

    async def is_answered(self) -> None:
        """Somebody new writes, and gets the right figure."""
        self._people += 1
        await self.telegram.says("我在东营开网店，刚办了个体户执照，能领多少钱", chat=self._people)
        try:
            (reply, *_) = await self.telegram.replies_to(self._people, 1, seconds=_PATIENCE_SECONDS)
        except TimeoutError:
            journal = await self.sh("journalctl --no-pager --output=cat --lines=40")
            pytest.fail(f"nobody answered; Telegram refused {self.telegram.refused[-5:]}; the journal says:\n{journal}")
        assert "5000元" in reply


async def test_whoever_follows_the_runbook_has_a_bot_that_answers(debian, telegram, tmp_path):
    """From nothing to several workers on PostgreSQL, every section as it is written; after each of them people are answered."""
    with booted(debian, tmp_path / "boot.log") as machine:
        drill = Drill(machine, telegram)
        for heading in ONE_PROCESS:
            await drill.paste(heading)
            if heading != "Install":
                await drill.is_answered()

        await drill.sh("systemctl kill --signal=KILL zhuchuang")
        await drill.is_answered()
        await drill.sh("systemctl reload zhuchuang && systemctl is-active zhuchuang")
        await drill.is_answered()

        await drill.paste("Webhook")
        await drill.sh(f"timeout 60 sh -c 'until [ -s {CADDYS_AUTHORITY} ]; do sleep 0.2; done'")
        believe(debian / CADDYS_AUTHORITY.relative_to("/"))
        await drill.is_answered()
        assert telegram.delivered
        for path in ("metrics", "readyz", "healthz", ""):
            status = await drill.sh(f"curl --insecure --silent --output /dev/null --write-out '%{{http_code}}' https://localhost/{path}")
            assert status == "404", path

        workers = "zhuchuang@8001 zhuchuang@8002"
        for heading in SEVERAL_WORKERS:
            await drill.paste(heading, service=workers)
            await drill.is_answered()
        await drill.sh("systemctl kill --signal=KILL zhuchuang@8001")
        await drill.is_answered()
        await drill.sh("timeout 60 sh -c 'until curl --silent --fail http://127.0.0.1:8001/readyz; do sleep 0.2; done'")

        await drill.sh(f"systemctl stop {workers}")
        assert (await drill.sh(f"systemctl show --property=Result --value {workers}")).split() == ["success", "success"]
        assert await drill.sh("systemctl --failed --no-legend --plain") == ""
        assert TOKEN not in await drill.sh("journalctl --no-pager")


async def test_a_wrong_token_is_told_and_not_tried_for_ever(debian, telegram, tmp_path):
    """The unit stays down, and the journal says which setting is wrong."""
    with booted(debian, tmp_path / "boot.log") as machine:
        drill = Drill(machine, telegram)
        await drill.paste("Install")
        await drill.sh(
            f"printf 'ZHUCHUANG_TELEGRAM_TOKEN=1:wrong\nZHUCHUANG_TELEGRAM_BASE_URL={telegram.base_url}\n' >/etc/zhuchuang/zhuchuang.env\n"
            "systemctl start zhuchuang || true\n"
            "timeout 60 sh -c 'until systemctl is-failed --quiet zhuchuang; do sleep 0.2; done'"
        )

        ended = await drill.sh("systemctl show --property=ExecMainStatus,NRestarts zhuchuang")
        assert set(ended.split()) == {"ExecMainStatus=2", "NRestarts=0"}
        assert "ZHUCHUANG_TELEGRAM_TOKEN" in await drill.sh("journalctl --no-pager --output=cat --unit=zhuchuang")
    telegram.refused.clear()


def believe(certificate: Path) -> None:
    """The emulated Telegram trusts Caddy's own authority from now on, as the real one trusts the public ones."""
    aiohttp.connector._SSL_CONTEXT_VERIFIED.load_verify_locations(certificate)
