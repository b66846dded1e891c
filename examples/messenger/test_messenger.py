from running import running


async def test_an_app_that_can_be_woken_fetches_its_message(apns_trio):
    async with apns_trio as apns, running(apns) as (messenger, connect):
        phone, fetched = apns.devices.add("com.example.app"), []
        messenger.register("ann", phone.token)

        @phone.on_wake
        async def fetch(phone, push):
            fetched.extend(await connect("ann"))

        await messenger.send("ann", "Hello")
        await apns.settle()
        assert fetched == ["Hello"]
        phone.assert_woken(1)
        phone.assert_not_shown()


async def test_where_nobody_comes_one_is_shown_until_the_app_comes(apns_trio):
    async with apns_trio as apns, running(apns) as (messenger, connect):
        phone = apns.devices.add("com.example.app")
        messenger.register("ann", phone.token)
        phone.on_wake(lambda phone, push: connect("ann"))

        phone.force_quit()
        messenger.patience = 0.01
        await messenger.send("ann", "Hello")
        await messenger.send("ann", "Are you there?")
        await apns.settle()
        phone.assert_woken(0)
        phone.assert_shown(2, payload={"aps": {"content-available": 1}})

        phone.launch()
        assert await connect("ann") == ["Hello", "Are you there?"]
        phone.background()
        messenger.patience = 30
        await messenger.send("ann", "Good night")
        await apns.settle()
        phone.assert_woken(1)
        phone.assert_shown(2)


async def test_a_token_for_apple_is_used_until_it_is_old(apns_trio):
    async with apns_trio as apns, running(apns) as (messenger, connect):
        phone = apns.devices.add("com.example.app")
        messenger.register("ann", phone.token)
        phone.on_wake(lambda phone, push: connect("ann"))
        for pause in ("0s", "44m", "2m"):
            apns.clock.advance(pause)
            await messenger.send("ann", "Hello")
        assert [each.provider_token for each in apns.accepted[:2]] == [
            apns.accepted[0].provider_token
        ] * 2
        assert apns.accepted[2].provider_token != apns.accepted[0].provider_token
