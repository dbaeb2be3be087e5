"""The command line. Each command is the module of its name (``_`` for ``-``), imported only when it is asked for."""

import argparse
import io
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import NoReturn

COMMANDS = {
    "ask": "answer one question, or many from standard input",
    "chat": "talk in the terminal",
    "explain": "show how a question is understood and why this answer wins",
    "facts": "list everything that may be asked, and what for",
    "judge": "judge from a file of answers what somebody can get",
    "explain-rule": "spell out a rule to hold it against the document",
    "check": "list every mistake in the content",
    "golden": "ask the golden questions and count right and wrong replies",
    "calibrate": "work out the thresholds from the golden questions",
    "serve": "serve people: Telegram, health and figures on one port",
    "doctor": "check settings, store, content and tokens, and say what to do",
    "reload": "have every serving process read the content anew",
    "forget": "delete everything held of one person",
    "purge": "delete what is past its time",
    "migrate": "bring the store's tables up to date",
    "new-key": "print a fresh key",
    "rotate-keys": "seal what is stored with the newest key",
}
"""Every command and what it does, in the order of the help."""

_INTERRUPTED = 130
_PIPE_CLOSED = 141


class UsageError(Exception):
    """A command cannot run as it was called or configured; the text is the line, or the lines, a person reads."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command. 0: fine; 1: problems were found; 2: called or configured wrongly."""
    _prepare_streams()
    try:
        code = _run(sys.argv[1:] if arguments is None else arguments)
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # or Python complains of the pipe once more when it ends
        return _PIPE_CLOSED
    except KeyboardInterrupt:
        return _INTERRUPTED
    return code


def _run(arguments: Sequence[str]) -> int:
    try:
        options = _parser(arguments).parse_args(arguments)
        code: int = options.run(options)
    except UsageError as error:
        for line in str(error).splitlines():
            print(f"zhuchuang: {line}", file=sys.stderr)
        return 2
    except SystemExit as leaving:
        return leaving.code if isinstance(leaving.code, int) else 0
    return code


def _parser(arguments: Sequence[str]) -> argparse.ArgumentParser:
    """The parser, with the options of the command that is called and only the names of the others."""
    called = next((argument for argument in arguments if not argument.startswith("-")), None)
    parser = _Parser(
        prog="zhuchuang",
        description="Tells disabled entrepreneurs in China what a policy gives, whether it still holds and whom to call.",
        epilog="Each command has its own help: zhuchuang ask --help",
        allow_abbrev=False,
    )
    parser.add_argument("--version", action=_Version, nargs=0, help="show the version and exit")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for name, summary in COMMANDS.items():
        command = commands.add_parser(name, help=summary, formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False)
        if name == called:
            module = import_module(f"bot.cli.{name.replace('-', '_')}")
            command.description = summary[0].upper() + summary[1:] + "."
            module.add_arguments(command)
            command.set_defaults(run=module.run)
    return parser


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one line and leaves the usage to ``--help``."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"zhuchuang: {message}; see {self.prog} --help\n")


class _Version(argparse.Action):
    """Prints the version of the installed package, which nobody else waits for."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> NoReturn:
        from importlib.metadata import PackageNotFoundError, version

        try:
            print(f"zhuchuang {version('zhuchuang')}")
        except PackageNotFoundError:
            raise UsageError("it is not installed as a package, so its version is not known") from None
        parser.exit()


def _prepare_streams() -> None:
    """Pipes and files carry UTF-8 whatever the machine's locale; what cannot be shown or read becomes a question mark."""
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            encoding = None if stream.isatty() else "utf-8-sig" if stream is sys.stdin else "utf-8"
            stream.reconfigure(encoding=encoding, errors="replace")
