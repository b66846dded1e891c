"""Prints the lowest versions that pyproject.toml allows, as constraints for pip.

Each `>=` becomes `==`. So what stands there has to exist, and to go together.
"""

from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path

PROJECT = Path(__file__).parent.parent / "pyproject.toml"

project = tomllib.loads(PROJECT.read_text(encoding="utf-8"))["project"]
groups = [project["dependencies"], *project["optional-dependencies"].values()]
for requirement in (each for group in groups for each in group):
    if floor := re.fullmatch(r"([\w.-]+)(?:\[[\w,-]+\])?>=([\w.]+)(?:,<[\w.]+)?", requirement):
        print(f"{floor[1]}=={floor[2]}")
    elif "==" not in requirement and not requirement.startswith("fakeapns["):
        sys.exit(f"{requirement}: what is its lowest version? Write it with >=")
