"""What all helpers do: find a library, and change values that are put back when the block ends."""

from __future__ import annotations

import os
import shlex
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from contextlib import ExitStack, contextmanager
from importlib import import_module
from types import ModuleType
from typing import Any, TypeVar
from unittest import mock

from ...errors import UsageError

V = TypeVar("V")


@contextmanager
def environment_set(variables: Callable[[], Mapping[str, str]]) -> Iterator[None]:
    """These variables in this process, and in those that it starts."""
    with items(os.environ, variables()):
        yield


def library(package: str, requirement: str, module: str | None = None) -> ModuleType:
    """A module of somebody's library. Raises `UsageError` where it cannot be had."""
    try:
        return import_module(f"{package}.{module}" if module else package)
    except ModuleNotFoundError as missing:
        name = str(missing.name).partition(".")[0]
        wanted = requirement if name == package else name
        command = f"pip install {shlex.quote(wanted)}"
        raise UsageError(f"{wanted} is not installed here: {command}") from None
    except Exception as wrong:
        # Django's own way of saying that it was not set up; Django may not be there to name it.
        if type(wrong).__name__ != "ImproperlyConfigured":
            raise
        raise UsageError(
            "Django's settings are not configured: set DJANGO_SETTINGS_MODULE and call "
            "django.setup() first, or run this test by manage.py or pytest-django"
        ) from None


def family(base: type[Any]) -> Iterator[type[Any]]:
    """A class, and all that are derived from it."""
    yield base
    for each in base.__subclasses__():
        yield from family(each)


@contextmanager
def attributes(base: type[Any], values: Mapping[str, Any]) -> Iterator[None]:
    """These attributes for a class and all that are derived from it."""
    with ExitStack() as undo:
        for each in family(base):
            # A derived class has those that differ, and inherits the others.
            for name in values.keys() & vars(each).keys():
                undo.enter_context(mock.patch.object(each, name, values[name]))
        yield


@contextmanager
def items(mapping: MutableMapping[str, V], values: Mapping[str, V]) -> Iterator[None]:
    """These values in a mapping; what else changes in it meanwhile is left alone."""
    before = {name: mapping[name] for name in values if name in mapping}
    mapping.update(values)
    try:
        yield
    finally:
        for name in values:
            if name in before:
                mapping[name] = before[name]
            else:
                mapping.pop(name, None)
