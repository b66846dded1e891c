"""Projects of their own: tests/pytest_plugin/test_projects.py runs each as its people would."""

from __future__ import annotations

collect_ignore_glob = ["*"]
