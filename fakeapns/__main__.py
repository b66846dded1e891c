"""`python -m fakeapns`."""

from .cli import main

main(prog_name="fakeapns")
