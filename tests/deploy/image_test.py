"""The image, really built and run the way compose.yaml and Kubernetes run it: as nobody, with nothing to write to."""

import json
import subprocess
import time
from pathlib import Path

import pytest

from tests.deploy.machines import Images, install, nspawn, require
from tests.deploy.machines import run as succeed
from tests.deploy.stores import DEPLOY, SqliteStore, fill, operate

pytestmark = pytest.mark.long

BASE = "docker.io/library/python:3.11-slim-bookworm"


@pytest.fixture(scope="module")
def image(tmp_path_factory, request):
    """The files of the image. Its base is a Debian with Python instead, as there is no registry of images here."""
    require("debootstrap", "buildah", "systemd-nspawn")
    folder = tmp_path_factory.mktemp("images")
    debian = folder / "debian"
    succeed("cp", "--archive", request.getfixturevalue("bare_debian"), debian)
    install(debian, "python3", "python3-venv")
    images = Images(folder)
    images.take(debian, BASE)
    began = time.monotonic()
    images.build(DEPLOY / "Dockerfile", "zhuchuang")
    files = images.mount("zhuchuang")
    size = sum(path.lstat().st_size for path in (files / "opt/zhuchuang").rglob("*") if not path.is_dir())
    print(f"\nbuilt in {time.monotonic() - began:.0f} s; over its base it adds {size / 1e6:.0f} MB")  # noqa: T201
    yield files
    images.close()


@pytest.fixture
def data(tmp_path):
    """The only folder the container may write to."""
    folder = tmp_path / "data"
    folder.mkdir()
    folder.chmod(0o700)
    subprocess.run(["chown", "10001:10001", folder], check=True)
    return folder


def container(image: Path, data: Path, *command: str, options: tuple[str, ...] = ()) -> list[str]:
    """The command line of a container with the restrictions of compose.yaml."""
    settings = ["PATH=/opt/zhuchuang/bin:/usr/local/bin:/usr/bin:/bin", "PYTHONDONTWRITEBYTECODE=1", "PYTHONUNBUFFERED=1"]
    settings += ["ZHUCHUANG_DATA=/var/lib/zhuchuang", "ZHUCHUANG_HOST=127.0.0.1", *options]
    locked = ["--read-only", "--tmpfs=/tmp", f"--bind={data}:/var/lib/zhuchuang", "--user=zhuchuang", "--drop-capability=all"]
    locked += ["--no-new-privileges=yes", "--console=pipe", "--kill-signal=SIGTERM", *(f"--setenv={setting}" for setting in settings)]
    return nspawn(image, *locked, command=command)


def run(*arguments, **options):
    """What comes of one command in a container."""
    return subprocess.run(container(*arguments, **options), stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)


def test_the_program_is_in_it(image, data):
    """Installed, not a checkout: its version is known and its content comes along, whole."""
    assert run(image, data, "zhuchuang", "--version").stdout.startswith("zhuchuang ")
    done = run(image, data, "zhuchuang", "check")
    assert done.returncode == 0, done.stdout + done.stderr


def test_it_runs_as_nobody_and_writes_only_its_data(image, data):
    """Whoever breaks into it can change nothing that runs next."""
    assert run(image, data, "id", "-u").stdout.strip() == "10001"
    for folder in ("/", "/opt/zhuchuang", "/opt/zhuchuang/bin", "/etc", "/usr/local/bin"):
        assert run(image, data, "touch", f"{folder}/new").returncode != 0
    assert run(image, data, "touch", "/var/lib/zhuchuang/new").returncode == 0
    assert (data / "new").stat().st_uid == 10001


def test_it_holds_neither_compiler_nor_installer_nor_settings_of_the_build(image):
    """What is not there cannot be used against it; an address of a mirror is nobody's business."""
    packages = {path.name.partition("-")[0].lower() for path in (image / "opt/zhuchuang/lib").rglob("*.dist-info")}

    assert {"pip", "setuptools", "hatchling", "wheel", "pytest"} & packages == set()
    assert [name for name in ("gcc", "cc", "git", "curl") if list(image.glob(f"usr/*bin/{name}"))] == []
    left = ("etc/pip.conf", "source", "build", "wheels", "own", "root/.cache", "run/secrets")
    assert [name for name in left if (image / name).exists()] == []
    assert not [path for path in (image / "opt/zhuchuang").rglob("tests") if path.parent.name in {"site-packages", "zhuchuang"}]


def test_nothing_in_it_belongs_to_the_user_but_its_data(image):
    """Even without a read-only root it cannot change itself."""
    found = [path for path in (image / "opt").rglob("*") if path.lstat().st_uid != 0]

    assert found == []
    assert (image / "var/lib/zhuchuang").stat().st_uid == 10001


def test_a_backup_can_be_made_in_it(image, data, tmp_path):
    """With SQLite there is no other container that could."""
    fill(SqliteStore(data), rows=2)
    subprocess.run(["chown", "-R", "10001:10001", data], check=True)

    done = run(image, data, "/opt/zhuchuang/deploy/backup.sh", "--to", "/var/lib/zhuchuang/backups")

    assert done.returncode == 0, done.stderr
    (backup,) = (data / "backups").glob("*.db")
    (tmp_path / "other").mkdir()
    assert operate("restore.sh", backup, environment={"ZHUCHUANG_DATA": str(tmp_path / "other")}).returncode == 0


def test_it_serves_says_that_it_is_healthy_and_stops_when_told(image, data):
    """As the first process of its container it gets no signal for which it has no handler, SIGTERM among them."""
    port = "18765"
    process = subprocess.Popen(
        container(image, data, "zhuchuang", "serve", options=(f"ZHUCHUANG_PORT={port}",)),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    healthcheck = json.loads((DEPLOY / "Dockerfile").read_text("utf-8").partition("HEALTHCHECK")[2].partition("CMD ")[2].splitlines()[0])
    healthy = False
    deadline = time.monotonic() + 60
    while not healthy and time.monotonic() < deadline and process.poll() is None:
        healthy = run(image, data, *healthcheck, options=(f"ZHUCHUANG_PORT={port}",)).returncode == 0
    process.terminate()
    output, _ = process.communicate(timeout=30)

    assert healthy, output
    assert process.returncode == 0, output
