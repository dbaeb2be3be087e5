"""Whole machines for the tests: a bare Debian, an image built from the Dockerfile, and containers that systemd-nspawn runs of them."""

import os
import shutil
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

TOP = Path(__file__).parents[2]
_CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")
_TRUSTED_HERE = Path("/etc/ssl/trusted-here.crt")  # in the new Debian; a name that installing ca-certificates does not write anew
_BUILD_SECONDS = 1200


def require(*programs: str) -> None:
    """Leave the test out unless this is root with these programs."""
    if os.getuid() != 0:
        pytest.skip("making machines takes root")
    packages = {"systemd-nspawn": "systemd-container"}
    if missing := [packages.get(program, program) for program in programs if shutil.which(program) is None]:
        pytest.skip(f"missing; apt install {' '.join(missing)}")


def run(*command: str | Path, **options: object) -> str:
    """What a command prints; it has to succeed."""
    settled = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "stdin": subprocess.DEVNULL, "text": True, "check": False}
    done = subprocess.run([*map(str, command)], **{**settled, **options})  # type: ignore[call-overload]
    assert done.returncode == 0, f"{' '.join(map(str, command))} ended with {done.returncode}:\n{done.stdout[-4000:]}"
    return done.stdout


def make_debian(folder: Path) -> Path:
    """A Debian 12 as small as it gets, which trusts what this machine trusts and asks whom it asks."""
    run("debootstrap", "--variant=minbase", "bookworm", folder, timeout=_BUILD_SECONDS)
    (folder / "etc/ssl").mkdir(exist_ok=True)
    shutil.copy(_CERTIFICATES, folder / _TRUSTED_HERE.relative_to("/"))
    shutil.copy(Path("/etc/resolv.conf").resolve(), folder / "etc/resolv.conf")
    (folder / "etc/hosts").write_text("127.0.0.1 localhost\n", "utf-8")  # as Debian's installer leaves it
    return folder


def install(debian: Path, *packages: str) -> None:
    """Packages, into a Debian that does not run."""
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    run("chroot", debian, "apt-get", "update", "-qq", env=quiet, timeout=_BUILD_SECONDS)
    run("chroot", debian, "apt-get", "install", "-qq", "--no-install-recommends", *packages, env=quiet, timeout=_BUILD_SECONDS)
    run("chroot", debian, "apt-get", "clean")


def pip_settings() -> str:
    """The settings of pip as far as they hold on another machine: where packages come from, not where they lie on this one."""
    lines = [f"cert = {_TRUSTED_HERE}"]
    for line in run("python3", "-m", "pip", "config", "list").splitlines():
        name, _, value = line.partition("=")
        if name.rpartition(".")[2] in {"index-url", "trusted-host"}:
            lines.append(f"{name.rpartition('.')[2]} = {value.strip(chr(39))}")
    for name in ("index-url", "trusted-host"):
        if value := os.environ.get(f"PIP_{name.replace('-', '_').upper()}"):
            lines.append(f"{name} = {value}")
    return "\n".join(["[global]", *lines, ""])


class Images:
    """Images in a store of their own, built without an engine."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._buildah = ("buildah", "--root", str(folder / "images"), "--runroot", str(folder / "running"))

    def close(self) -> None:
        self.buildah("umount", "--all")
        self.buildah("rm", "--all")
        self.buildah("rmi", "--all", "--force")

    def buildah(self, *arguments: str | Path, **options: object) -> str:
        return run(*self._buildah, *arguments, timeout=_BUILD_SECONDS, **options).strip()

    def take(self, debian: Path, name: str) -> None:
        """A Debian as the image of that name."""
        container = self.buildah("from", "scratch")
        mounted = self.buildah("mount", container)
        run("cp", "--archive", f"{debian}/.", mounted)
        self.buildah("umount", container)
        self.buildah("commit", "--quiet", "--rm", container, name)

    def build(self, dockerfile: Path, name: str) -> None:
        """Build as `docker build` does, from the top of the repository; without a network but for packages."""
        settings = self.folder / "pip.conf"
        settings.write_text(pip_settings(), "utf-8")
        self.buildah(
            *("build", "--isolation", "chroot", "--pull-never", "--format", "docker", "--file", dockerfile, "--tag", name),
            *("--ignorefile", f"{dockerfile}.dockerignore", "--secret", f"id=pip.conf,src={settings}", TOP),
        )

    def mount(self, name: str) -> Path:
        """Its files."""
        return Path(self.buildah("mount", self.buildah("from", "--pull-never", name)))


def nspawn(root: Path, *options: str, command: Sequence[str] = ()) -> list[str]:
    """The command line that runs a machine or a container over these files, on this machine's network."""
    return ["systemd-nspawn", "--quiet", f"--directory={root}", "--register=no", "--keep-unit", *options, *command]


@contextmanager
def booted(root: Path, log: Path) -> Iterator["Machine"]:
    """A Debian with systemd, up and running; at the end it is switched off."""
    with log.open("w") as output:
        process = subprocess.Popen(nspawn(root, "--boot", "--console=pipe"), stdin=subprocess.DEVNULL, stdout=output, stderr=output)
        machine = Machine(process, log)
        try:
            machine.wait()
            yield machine
        finally:
            machine.switch_off()


class Machine:
    """A Debian that runs; what is done in it is done by root."""

    def __init__(self, process: subprocess.Popen[bytes], log: Path) -> None:
        self._process = process
        self._log = log

    def wait(self) -> None:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and self._process.poll() is None:
            if self._leader() and self.try_sh("systemctl is-system-running --wait").stdout.strip() in {"running", "degraded"}:
                return
            time.sleep(0.3)
        pytest.fail(f"the machine does not come up: {self._log.read_text('utf-8')[-2000:]}")

    def sh(self, script: str, seconds: float = _BUILD_SECONDS) -> str:
        """What a script prints; it has to succeed."""
        done = self.try_sh(script, seconds)
        if done.returncode != 0:
            journal = self.try_sh("journalctl --no-pager --output=cat --lines=40").stdout
            pytest.fail(f"ended with {done.returncode}:\n{script}\n{done.stdout[-6000:]}\nthe journal says:\n{journal}")
        return done.stdout

    def try_sh(self, script: str, seconds: float = _BUILD_SECONDS) -> subprocess.CompletedProcess[str]:
        """Run a script as root who has just logged in."""
        login = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root", "TERM": "dumb", "LANG": "C.UTF-8"}
        enter = ["nsenter", f"--target={self._leader()}", "--mount", "--uts", "--ipc", "--pid", "--cgroup", "--root", "--wd"]
        return subprocess.run(
            [*enter, "bash", "-euo", "pipefail", "-c", f"cd\n{script}"],
            env=login,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=seconds,
        )

    def switch_off(self) -> None:
        if self._process.poll() is None:
            if self._leader():
                self.try_sh("systemctl poweroff")
            try:
                self._process.wait(timeout=60)
            except subprocess.TimeoutExpired:
                self._process.kill()

    def _leader(self) -> str:
        """The number of its first process, as this machine counts."""
        children = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children")
        return children.read_text("ascii").split(" ")[0] if children.exists() else ""
