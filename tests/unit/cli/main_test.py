import os
import signal
import subprocess
import sys
from importlib.metadata import version

import pytest

from bot.cli import COMMANDS

QUESTION = '{"id": 1, "question": "东营开网店有补贴吗"}\n'


def test_help_names_every_command(run):
    """Whoever is new finds every command from the first one they type."""
    ran = run("--help")

    assert ran.code == 0
    for name, summary in COMMANDS.items():
        assert name in ran.out
        assert summary in ran.out


def test_the_version_is_that_of_the_package(run):
    """The first thing asked of whoever reports a mistake."""
    ran = run("--version")

    assert ran.code == 0
    assert ran.out == f"zhuchuang {version('zhuchuang')}\n"


@pytest.mark.parametrize(("name", "said"), [("ask", "answer"), ("check", "judge"), ("golden", "judge"), ("calibrate", "judge")])
def test_the_help_says_what_a_day_is_given_for(run, name, said):
    """Commands that answer nobody must not promise an answer."""
    day = run(name, "--help").out.partition("--as-of DAY ")[2].split()

    assert day[0] == said


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_shows_an_example(run, name):
    """An example is read before any list of options."""
    ran = run(name, "--help")

    assert ran.code == 0
    assert "example" in ran.out
    assert f"zhuchuang {name}" in ran.out.partition("example")[2]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "COMMAND"),
        (["aks"], "'aks'"),
        (["ask"], "QUESTION"),
        (["ask", "--batch", "贷款"], "QUESTION"),
        (["ask", "--as-of", "2026-13-01", "贷款"], "2026-13-01"),
        (["ask", "--regoin", "东营", "贷款"], "--regoin"),
        (["ask", "--region", "火星", "贷款"], "火星"),
        (["ask", "--region", "999999", "贷款"], "999999"),
        (["explain"], "QUESTION"),
        (["check", "--knowledge", "no/such/folder"], "no/such/folder"),
        (["check", "--sources", "no/such/folder"], "no/such/folder"),
        (["golden", "--cases", "no/such/folder"], "no/such/folder"),
        (["calibrate", "--cases", "no/such/folder"], "no/such/folder"),
    ],
)
def test_a_wrong_call_is_one_clear_line(run, arguments, said):
    """A slip of the finger must not look like a broken program."""
    ran = run(*arguments)

    assert ran.code == 2
    assert ran.out == ""
    assert len(ran.err.splitlines()) == 1
    assert said in ran.err


def test_a_folder_that_does_not_exist_is_a_wrong_setting(run, monkeypatch):
    """An operator's typing mistake in the environment is told like one on the command line."""
    monkeypatch.setenv("ZHUCHUANG_KNOWLEDGE", "no/such/folder")
    ran = run("ask", "贷款")

    assert ran.code == 2
    assert "ZHUCHUANG_KNOWLEDGE" in ran.err
    assert len(ran.err.splitlines()) == 1


def test_broken_content_ends_any_command_with_all_problems(run, knowledge, monkeypatch):
    """A clerk who broke two files learns of both, wherever they notice."""
    (knowledge / "contacts.yaml").write_text("- [", "utf-8")
    (knowledge / "ranking.yaml").unlink()
    monkeypatch.setenv("ZHUCHUANG_KNOWLEDGE", str(knowledge))
    ran = run("ask", "贷款")

    assert ran.code == 1
    assert ran.out == ""
    assert "contacts.yaml:" in ran.err
    assert "ranking.yaml:" in ran.err


def test_a_closed_pipe_is_no_error():
    """``zhuchuang ask --batch | head`` must not end in a traceback."""
    with start("ask", "--batch") as process:
        assert process.stdin and process.stdout and process.stderr
        process.stdin.write(QUESTION)
        process.stdin.flush()
        process.stdout.readline()
        process.stdout.close()
        process.stdin.write(QUESTION)
        process.stdin.close()
        errors = process.stderr.read()

    assert errors == ""
    assert process.returncode == 141


@pytest.mark.skipif(sys.platform == "win32", reason="Windows sends Ctrl-C to a whole group of processes, this one among them")
def test_ctrl_c_leaves_quietly():
    """It is how most people leave a program in the terminal."""
    with start("chat") as process:
        assert process.stdout and process.stderr
        assert process.stdout.readline()
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate()

    assert errors == ""
    assert process.returncode == 130


def test_pipes_carry_utf8_whatever_the_locale(run):
    """Files of questions come from Windows, with a mark at the beginning, and servers often have no locale at all."""
    done = subprocess.run(
        [sys.executable, "-X", "utf8=0", "-m", "bot.cli", "ask", "--batch"],
        input=b"\xef\xbb\xbf" + QUESTION.encode() + b'{"id": 2, "question": "\xff\xfe"}\n',
        capture_output=True,
        env=os.environ | {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0"},
        check=False,
    )

    assert done.stderr == b""
    assert done.returncode == 0
    first, second = done.stdout.decode("utf-8").splitlines()
    assert "5000元" in first
    assert '"id": 2' in second


def start(*arguments: str) -> subprocess.Popen[str]:
    """A command as a process of its own, as a terminal would start it."""
    command = [sys.executable, "-m", "bot.cli", *arguments]
    pipe = subprocess.PIPE
    # A shell's background job ignores Ctrl-C, and would hand that down to the command.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        return subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, encoding="utf-8")
    finally:
        signal.signal(signal.SIGINT, before)
