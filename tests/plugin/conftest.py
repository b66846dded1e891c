"""In-process runs of pytest forget what they import; cryptography cannot be imported twice."""

from __future__ import annotations

import asyncio
import ssl

import trio.testing

import fakeapns.fake
import fakeapns.thread
from fakeapns.certificates import default_authority

#: Kept, and minted once for all runs.
KEPT = (asyncio, ssl, trio.testing, fakeapns.fake, fakeapns.thread, default_authority())
