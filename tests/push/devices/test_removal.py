"""An app that is removed, and installed again: under the same token, or under another one."""

from __future__ import annotations

import pytest

from fakeapns.push import AppState

from .phones import SILENT, World


@pytest.fixture
def world() -> World:
    return World()


@pytest.mark.parametrize("was", ["force-quit", "foreground"])
def test_an_app_that_is_installed_again_is_not_where_it_was(world: World, was: AppState) -> None:
    phone = world.phone()
    phone.put(was)
    phone.uninstall()
    phone.install()
    assert phone.app == "background"
    [landing] = world.send(phone, SILENT)
    assert landing.woke == 30
