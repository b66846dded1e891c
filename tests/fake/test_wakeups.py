"""How those who wait in a loop are woken, and how they are called off."""

from __future__ import annotations

import asyncio
import threading

import pytest

from fakeapns.fake.wakeups import AsyncioNews, ThreadNews
from fakeapns.scenario.units import parse_duration


@pytest.mark.parametrize("rounds", range(6))
def test_who_is_called_off_as_the_news_comes_is_called_off(rounds: int) -> None:
    async def main() -> None:
        news = AsyncioNews()

        async def wait() -> None:
            while True:
                await news.wait(3600)

        waiting = asyncio.create_task(wait())
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        news(1)
        for _ in range(rounds):
            await asyncio.sleep(0)
        waiting.cancel()
        done, _ = await asyncio.wait([waiting], timeout=0.1)
        assert waiting in done
        assert waiting.cancelled()

    asyncio.run(main())


def test_who_waits_is_woken_or_told_that_nothing_came() -> None:
    async def main() -> None:
        news = AsyncioNews()
        assert not await news.wait(0)
        news(1)
        assert await news.wait(3600)
        assert not await news.wait(0.001)

    asyncio.run(main())


@pytest.mark.parametrize("patience", ["200000d", "999999999999d", "inf"])
def test_no_time_is_too_long_to_wait_for(patience: str) -> None:
    seconds = float(patience) if patience == "inf" else parse_duration(patience)
    news = ThreadNews()
    threading.Timer(0.01, news, (1,)).start()
    assert news.wait(seconds)

    async def main() -> None:
        news = AsyncioNews()
        asyncio.get_running_loop().call_later(0.01, news, 1)
        assert await news.wait(seconds)

    asyncio.run(main())
