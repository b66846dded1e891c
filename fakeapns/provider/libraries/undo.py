"""What all helpers do: find a library, and change values that are put back when the block ends."""

from __future__ import annotations

import os
import shlex
import threading
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from contextlib import ExitStack, contextmanager
from importlib import import_module
from types import ModuleType
from typing import Any

from ...errors import UsageError

Owner = MutableMapping[str, Any] | ModuleType | type[Any]


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
            own = {name: values[name] for name in values if name in vars(each)}
            undo.enter_context(items(each, own))
        yield


@contextmanager
def items(owner: Owner, values: Mapping[str, Any]) -> Iterator[None]:
    """These values in a mapping, or as attributes of a module or a class; what else changes in it
    meanwhile is left alone.
    """
    with ExitStack() as undo:
        for name, value in values.items():
            undo.enter_context(_laid_over(owner, name, value))
        yield


# ---- one value ------------------------------------------------------------------------------

_NOTHING = object()


class _Layers:
    """The values of one place: what was there before any block, and those of the blocks that last,
    the one that was begun last on top.

    Blocks of two threads or tasks end in any order: one that put back what it had found would take
    away what another one still counts on, or leave for good what a third has long given up.
    """

    def __init__(self, owner: Owner, name: str) -> None:
        self._owner = owner
        self._name = name
        self._values = [_Layer(_found(owner, name))]

    def lay(self, value: object) -> _Layer:
        """Put a value on top."""
        _put(self._owner, self._name, value)
        layer = _Layer(value)
        self._values.append(layer)
        return layer

    def lift(self, layer: _Layer) -> bool:
        """Take it away, wherever it is; whether only what was there before is left."""
        was_on_top = self._values[-1] is layer
        self._values.remove(layer)
        if was_on_top:
            _put(self._owner, self._name, self._values[-1].value)
        return len(self._values) == 1


class _Layer:
    """A value of one block, which is told from an equal one of another."""

    def __init__(self, value: object) -> None:
        self.value = value


_lock = threading.Lock()
#: The places where a block lasts. Each holds on to its owner, whose `id` is nobody else's so long.
_places: dict[tuple[int, str], _Layers] = {}


@contextmanager
def _laid_over(owner: Owner, name: str, value: object) -> Iterator[None]:
    place = (id(owner), name)
    with _lock:
        layers = _places.get(place) or _Layers(owner, name)
        layer = layers.lay(value)
        _places[place] = layers
    try:
        yield
    finally:
        with _lock:
            if layers.lift(layer):
                del _places[place]


def _found(owner: Owner, name: str) -> object:
    return (owner if isinstance(owner, MutableMapping) else vars(owner)).get(name, _NOTHING)


def _put(owner: Owner, name: str, value: object) -> None:
    if isinstance(owner, MutableMapping):
        if value is _NOTHING:
            owner.pop(name, None)
        else:
            owner[name] = value
    elif value is not _NOTHING:
        setattr(owner, name, value)
    elif name in vars(owner):
        delattr(owner, name)
