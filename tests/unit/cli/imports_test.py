import subprocess
import sys

IMPORT_EVERYTHING = """
import os, pkgutil, sys
from importlib import import_module
import bot, jieba, telegram  # what libraries do when they are imported is not ours

here = os.path.dirname(bot.__file__)
read = os._Environ.__getitem__

def watched(self, name):
    frame = sys._getframe(1)
    while os.path.basename(frame.f_code.co_filename) in ("os.py", "_collections_abc.py") or "frozen" in frame.f_code.co_filename:
        frame = frame.f_back
    if frame.f_code.co_filename.startswith(here):
        print("environment", name, frame.f_code.co_filename)
    return read(self, name)

os._Environ.__getitem__ = watched
network = ("socket.connect", "socket.getaddrinfo", "urllib")
sys.addaudithook(lambda event, arguments: print(event, arguments) if event.startswith(network) else None)
names = [name for _, name, _ in pkgutil.walk_packages(bot.__path__, "bot.") if not name.endswith("__main__")]
for name in names:
    import_module(name)
if jieba.dt.initialized or jieba.dt.FREQ:
    print("jieba is initialised")
print(len(names), "modules", file=sys.stderr)
"""

ASK = """
import sys
from bot.cli import main
main(["ask", "--json", "东营开网店有补贴吗"])
print([name for name in ("telegram", "httpx", "bot.channels.telegram", "bot.cli.chat") if name in sys.modules], file=sys.stderr)
"""


def test_importing_does_nothing():
    """No network, no setting and no dictionary before somebody asks for it: else tests and tools pay for what they do not use."""
    done = python(IMPORT_EVERYTHING)

    assert done.stdout == ""
    assert int(done.stderr.split()[0]) > 40


def test_a_single_question_does_not_wait_for_telegram():
    """The library takes longer to import than the answer takes."""
    done = python(ASK)

    assert '"outcome": "answer"' in done.stdout
    assert done.stderr.splitlines() == ["[]"]


def python(program: str) -> subprocess.CompletedProcess[str]:
    """A program run by itself; a failure shows what it said."""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
    return done
