"""Lets ``python -m bot.cli`` stand for the installed command."""

import sys

from bot.cli import main

sys.exit(main())
