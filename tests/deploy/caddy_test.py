"""Caddy with our Caddyfile, really running: what gets through, and what it writes down."""

import http.client
import http.server
import json
import os
import shutil
import socket
import ssl
import subprocess
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.deploy.stores import DEPLOY

SECRET = "the-secret-of-the-webhook"
ADDRESS = "127.0.0.1"


@dataclass
class Upstream:
    """Stands for a worker: takes everything and remembers it."""

    port: int
    got: list[tuple[str, str, int]] = field(default_factory=list)


@contextmanager
def upstream():
    """A worker that answers."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            length = int(self.headers["Content-Length"])
            if len(self.rfile.read(length)) < length:  # given up half way
                return
            worker.got.append((self.command, self.path, length))
            self.do_GET()

        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_):
            pass

    with http.server.ThreadingHTTPServer((ADDRESS, 0), Handler) as server:
        worker = Upstream(server.server_address[1])
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield worker
        server.shutdown()


@pytest.fixture
def caddy(tmp_path):
    """Starts Caddy for localhost, with a certificate of its own making, on free ports; its log is the result's ``log``."""
    program = shutil.which("caddy")
    if program is None:
        pytest.skip("caddy is missing; apt install caddy")
    running = []

    def start(upstreams: str) -> "Caddy":
        https, http_port = free_port(), free_port()
        text = (DEPLOY / "Caddyfile").read_text("utf-8")
        # Only where it listens and where its certificate comes from differ from the one that is shipped.
        begin = "{\n\tservers {"
        assert text.count(begin) == 1
        ours = f"admin off\n\tskip_install_trust\n\thttp_port {http_port}\n\thttps_port {https}\n\tdefault_bind {ADDRESS}"
        (tmp_path / "Caddyfile").write_text(text.replace(begin, f"{{\n\t{ours}\n\tservers {{"), "utf-8")
        environment = {**os.environ, "HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path)}
        environment |= {"DOMAIN": "localhost", "WORKERS": upstreams}
        log = (tmp_path / "log").open("w")
        process = subprocess.Popen(
            [program, "run", "--config", tmp_path / "Caddyfile", "--adapter", "caddyfile"], env=environment, stdout=log, stderr=log
        )
        running.append((process, log))
        made = Caddy(https, tmp_path)
        made.wait()
        return made

    yield start
    for process, log in running:
        process.terminate()
        process.wait(timeout=20)
        log.close()


@dataclass
class Caddy:
    """One that runs."""

    port: int
    folder: Path

    def wait(self) -> None:
        root = self.folder / "caddy/pki/authorities/local/root.crt"
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            try:
                if root.exists():
                    self.send("GET", "/")
                    return
            except OSError:
                pass
            time.sleep(0.1)
        pytest.fail((self.folder / "log").read_text("utf-8"))

    def send(self, method: str, path: str, body: bytes = b"") -> http.client.HTTPResponse:
        context = ssl.create_default_context(cafile=str(self.folder / "caddy/pki/authorities/local/root.crt"))
        connection = http.client.HTTPSConnection("localhost", self.port, context=context, timeout=20)
        connection.request(method, path, body, {"X-Telegram-Bot-Api-Secret-Token": SECRET, "Content-Type": "application/json"})
        response = connection.getresponse()
        response.read()
        connection.close()
        return response

    @property
    def log(self) -> str:
        return (self.folder / "log").read_text("utf-8")


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as free:
        free.bind((ADDRESS, 0))
        return free.getsockname()[1]


def test_only_messages_of_telegram_get_through(caddy):
    """Metrics tell how many people ask, so they are not for everybody; what is not forwarded cannot be attacked."""
    with upstream() as worker:
        front = caddy(f"{ADDRESS}:{worker.port}")
        update = json.dumps({"update_id": 1}).encode()

        assert front.send("POST", "/telegram/webhook", update).status == 200
        for path in ("/", "/metrics", "/readyz", "/healthz", "/telegram/webhook"):
            assert front.send("GET", path).status == 404, path
        for path in ("/metrics", "/telegram/webhook/", "/telegram/webhook/../../metrics", "/telegram/webhook%2f..%2fx"):
            assert front.send("POST", path, update).status == 404, path

        assert worker.got == [("POST", "/telegram/webhook", len(update))]


def test_too_much_is_not_taken(caddy):
    """An update has a few kilobytes; a body of megabytes is an attack."""
    with upstream() as worker:
        front = caddy(f"{ADDRESS}:{worker.port}")

        assert front.send("POST", "/telegram/webhook", b" " * 300_000).status in {400, 413, 502}
        assert worker.got == []


def test_browsers_are_told_to_stay_on_https(caddy):
    """And nobody is told which server this is."""
    with upstream() as worker:
        response = caddy(f"{ADDRESS}:{worker.port}").send("GET", "/")

    assert response.headers["Strict-Transport-Security"].startswith("max-age=")
    assert response.headers["Server"] is None


def test_messages_go_to_the_workers_that_are_there(caddy):
    """One worker is being restarted. What meets it is refused and brought again by Telegram; soon nothing meets it any more."""
    with upstream() as worker:
        front = caddy(f"{ADDRESS}:{free_port()} {ADDRESS}:{worker.port}")
        statuses: list[int] = []
        while statuses[-10:] != [200] * 10:
            statuses.append(front.send("POST", "/telegram/webhook", b"{}").status)
            assert len(statuses) < 300, statuses
            time.sleep(0.05)

        assert set(statuses) <= {200, 502}
        assert len(worker.got) == statuses.count(200)


def test_neither_addresses_nor_secrets_are_logged(caddy):
    """Even when something fails, and that is when Caddy logs the whole request."""
    front = caddy(f"{ADDRESS}:{free_port()}")

    assert front.send("POST", "/telegram/webhook", b"{}").status in {502, 503}
    failed = [line for line in front.log.splitlines() if "/telegram/webhook" in line]
    assert failed
    assert SECRET not in front.log
    assert not [line for line in failed if "remote_ip" in line or "remote_addr" in line]
