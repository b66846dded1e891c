"""`python -m fakeapns`."""

from .cli import run

run()
