"""Scenario files with one mistake each, and what is said about it."""

from __future__ import annotations

from fakeapns.protocol import REASONS
from fakeapns.scenario.faults import BY_NAME

ABOUT = 'about = "A story."\n'
FAULTS = ", ".join(sorted(BY_NAME))
TRIGGERS = (
    "after, apns_id, chance, collapse_id, command, connection, every, host, identifier, idle, "
    "notification, payload, priority, push_type, reason, service, stream, token, topic"
)
STEP = "fault, on, per, times"

#: A text, and the one line that it gets, without the file's name.
MISTAKES = [
    # What a story is.
    ("", "1:1: key 'about' is missing: say in a sentence what the scenario is"),
    ("about = 3", "1:1: 3 is wrong, about; allowed: a sentence"),
    ('about = ""', "1:1: '' is wrong, about; allowed: a sentence"),
    (ABOUT + "advice = 3", "2:1: 3 is wrong, advice; allowed: a sentence for the sender"),
    (ABOUT + 'advice = ""', "2:1: '' is wrong, advice; allowed: a sentence for the sender"),
    # Whom it is about.
    (
        ABOUT + 'services = ["api", "gatway"]',
        "2:1: 'gatway' is wrong, services; allowed: api, gateway; did you mean gateway?",
    ),
    (
        ABOUT + 'services = ["feedback"]',
        "2:1: 'feedback' is wrong, services; allowed: api, gateway",
    ),
    (ABOUT + 'services = "api"', "2:1: 'api' is no list: write [\"api\"], services"),
    (ABOUT + "services = []", "2:1: [] is wrong, services; allowed: api, gateway"),
    (ABOUT + 'services = ["api", "api"]', "2:1: names a service twice, services"),
    # Where a trigger is never known.
    (
        f"{ABOUT}[[step]]\non = {{ push_type = 'voip' }}\nfault = 'shutdown'",
        "3:8: push_type is not known where shutdown acts, on the gateway, step 1, on",
    ),
    # Unknown keys, at every level.
    (
        f"{ABOUT}sede = 1",
        "2:1: unknown key 'sede'; "
        "allowed: about, advice, channel, device, expect, gateway, push, seed, services, step; "
        "did you mean seed?",
    ),
    (
        f"{ABOUT}[[stepp]]\nfault = 'drop'",
        "2:1: unknown key 'stepp'; "
        "allowed: about, advice, channel, device, expect, gateway, push, seed, services, step; "
        "did you mean step?",
    ),
    (
        f"{ABOUT}[[device]]\ntopic = 'a'\ntoken = '1b'\n  stat = 'active'",
        "5:3: unknown key 'stat', device 1; "
        "allowed: app, asleep, background_refresh, collapse_id, environment, expires, "
        "follows, listed, low_power, online, permission, priority, push_type, registered, since, "
        "start_token, state, token, topic, unlocked, update_tokens; did you mean state?",
    ),
    (
        f"{ABOUT}[[step]]\nfault = 'drop'\nclosed = 'half'",
        "4:1: unknown key 'closed' of the fault drop, step 1; "
        f"allowed: after_answer_bytes, after_bytes, close, {STEP}; did you mean close?",
    ),
    (
        f"{ABOUT}[[step]]\nfault = 'drop'\non = {{ every = 2, tokn = 'a' }}",
        f"4:19: unknown key 'tokn', step 1, on; allowed: {TRIGGERS}; did you mean token?",
    ),
    (
        f"{ABOUT}[[step]]\nfault = 'drop'\non.where = 'a'",
        f"4:1: unknown key 'where', step 1, on; allowed: {TRIGGERS}",
    ),
    (
        f"{ABOUT}[expect]\nloss = 1",
        "3:1: unknown key 'loss', expect; allowed: duplicated, fates, feedback_read, "
        "live_tokens_kept, lost, max_connections, max_provider_tokens, max_streams_refused, "
        "min_accepted, resent_after_refusal, resent_at_once, resent_unanswered, "
        "resent_with_new_id, sent_after_feedback, sent_after_gone, sent_as_listed, "
        "stale_badges; did you mean lost?",
    ),
    # Of one service alone.
    (
        f"{ABOUT}[[step]]\nfault = 'reject'\non = {{ stream = 1, command = 2 }}",
        "4:8: stream is known on the api alone, and command on the gateway, step 1, on",
    ),
    (
        f"{ABOUT}[[channel]]\ntopic = 'a'\nid = 'AAAA'\ndelete = true",
        "5:1: unknown key 'delete', channel 1; "
        "allowed: deleted, id, storage_policy, topic; did you mean deleted?",
    ),
    # Right somewhere else.
    (
        f"{ABOUT}tokens = 'registered'",
        "2:1: unknown key 'tokens', which belongs under [gateway]; "
        "allowed: about, advice, channel, device, expect, gateway, push, seed, services, step",
    ),
    (
        f"{ABOUT}[[step]]\nfault = 'drop'\nnotification = 3",
        "4:1: unknown key 'notification' of the fault drop, which belongs into "
        f"on = {{ notification = … }}, step 1; allowed: after_answer_bytes, "
        f"after_bytes, close, {STEP}",
    ),
    # Written large, or as in Python.
    (
        f"{ABOUT}[[step]]\nfault = 'FeedbackCut'",
        f"3:1: unknown fault 'FeedbackCut', step 1, fault; allowed: {FAULTS}; "
        "did you mean feedback_cut?",
    ),
    (
        f"{ABOUT}[[step]]\nfault = 'drop'\nclose = 'RESET'",
        "4:1: 'RESET' is wrong, step 1, close; allowed: graceful, half, keep, "
        "no-close-notify, reset; did you mean reset?",
    ),
    # Unknown faults, and none.
    (
        f"{ABOUT}[[step]]\nfault = 'rejct'",
        f"3:1: unknown fault 'rejct', step 1, fault; allowed: {FAULTS}; did you mean reject?",
    ),
    (
        f"{ABOUT}[[step]]\nfault = 3",
        f"3:1: unknown fault '3', step 1, fault; allowed: {FAULTS}",
    ),
    # A status that does not exist.
    (
        f"{ABOUT}[[step]]\nfault = 'reject'\nstatus = 'shutdwn'",
        "4:1: 'shutdwn' is wrong, step 1, status; allowed: invalid-payload-size, "
        "invalid-token, invalid-token-size, invalid-topic-size, missing-payload, "
        "missing-token, missing-topic, no-error, processing-error, protocol-error, "
        f"shutdown, unknown, {', '.join(sorted(REASONS))}, 0 to 599; did you mean shutdown?",
    ),
    # Wrong types.
    (f"{ABOUT}seed = 1.5", "2:1: 1.5 is wrong, seed; allowed: a whole number"),
    (f"{ABOUT}gateway = 3", "2:1: gateway is no table: write [gateway]"),
    (f"{ABOUT}expect = []", "2:1: expect is no table: write [expect]"),
    (f"{ABOUT}[device]", "2:1: device is no list of tables: write [[device]]"),
    (f"{ABOUT}step = ['drop']", "2:1: step is no list of tables: write [[step]]"),
    (
        f"{ABOUT}[[step]]\nfault = 'drop'\non = 3",
        "4:1: on is no table: write on = { … }, step 1",
    ),
    (
        f"{ABOUT}[[step]]\nfault = 'drop'\non = {{ notification = 2.5 }}",
        "4:8: 2.5 is wrong, step 1, on.notification; "
        "allowed: a number from 0, a range such as 2..5 or 3..",
    ),
    (
        f"{ABOUT}[expect]\nlost = '1'",
        "3:1: '1' is wrong, expect.lost; allowed: a number from 0",
    ),
    (
        f"{ABOUT}[gateway]\nclient_ca = ['a.pem', 1]",
        "3:1: 1 is wrong, gateway.client_ca; allowed: a path, or a list of paths",
    ),
    (
        f"{ABOUT}[gateway]\npush_types = ['voip', 'a b']",
        "3:1: 'a b' is wrong, gateway.push_types; "
        "allowed: a name such as alert, or a list of names",
    ),
    (
        f"{ABOUT}[gateway]\npush_types = []",
        "3:1: [] is wrong, gateway.push_types; allowed: a name such as alert, or a list of names",
    ),
    (
        f"{ABOUT}[gateway]\napi_tls_minimum = 1.3\napi_tls_maximum = 1.2",
        "3:1: api_tls_minimum is 1.3 and api_tls_maximum 1.2: raise the maximum too, "
        "gateway.api_tls_minimum",
    ),
    (
        f"{ABOUT}[gateway]\nstrict_payload = 'yes'",
        "3:1: 'yes' is wrong, gateway.strict_payload; allowed: true, false",
    ),
    # Missing units.
    (
        f"{ABOUT}[gateway]\nidle_limit = 2",
        "3:1: 2 is wrong, gateway.idle_limit; allowed: a duration such as 250ms or 1h30m",
    ),
    (
        f"{ABOUT}[[step]]\nfault = 'stall'\nfor = 3",
        "4:1: 3 is wrong, step 1, for; allowed: a duration such as 250ms or 1h30m",
    ),
    (
        f"{ABOUT}[[step]]\nfault = 'reject'\ndelay = '250'",
        "4:1: '250' is wrong, step 1, delay; "
        "allowed: a duration such as 250ms or 1h30m, { notifications = … }",
    ),
    (
        f"{ABOUT}[[step]]\nfault = 'throttle'\nbytes_per_second = '16'",
        "4:1: '16' is wrong, step 1, bytes_per_second; "
        "allowed: a number from 1, a size such as 16KiB",
    ),
    # Combinations that cannot be.
    (
        f"{ABOUT}[[step]]\nfault = 'refuse'\ndelay = {{ notifications = 3 }}",
        "4:1: unknown key 'delay' of the fault refuse, step 1; "
        f"allowed: {STEP.replace('on', 'how, on')}",
    ),
    (
        f"{ABOUT}[[step]]\nfault = 'alert'\non = {{ token = '1b*' }}",
        "4:8: alert acts before token can be known, step 1, on.token; "
        "allowed: connection, host, service",
    ),
    (
        f"{ABOUT}[[step]]\nfault = 'drop'\nafter_bytes = 9\non.payload = {{ a = 1 }}",
        "5:1: drop acts before payload can be known, step 1, on.payload; "
        "allowed: after, connection, every, host, notification, service",
    ),
    (
        f"{ABOUT}[[step]]\nfault = 'drop'\non = {{ notification = '5..2' }}",
        "4:8: the range '5..2' runs backwards: write the smaller number first, "
        "step 1, on.notification",
    ),
    (
        f"{ABOUT}[gateway]\ntls_minimum = '1.3'",
        "3:1: tls_minimum is 1.3 and tls_maximum 1.2: raise the maximum too, gateway.tls_minimum",
    ),
    (
        f"{ABOUT}[gateway]\ntls_maximum = '1.3'\n[[step]]\nfault = 'alert'",
        "4:1: an alert cannot be sent in the open with TLS 1.3: leave tls_maximum at 1.2, step 1",
    ),
    (
        f"{ABOUT}[gateway]\ntls_maximum = 1.3\n[[step]]\nfault = 'drop'\n[[step]]\nfault = 'alert'",
        "6:1: an alert cannot be sent in the open with TLS 1.3: leave tls_maximum at 1.2, step 2",
    ),
    (
        f"{ABOUT}[[device]]\ntopic = 'a'\ntoken = '1b'\nsince = '-2h'",
        "5:1: since is for an app that was removed: write state = 'uninstalled', too, device 1",
    ),
    (
        f"{ABOUT}[[device]]\ntopic = 'a'\ntoken = '1b'\nlisted = true",
        "5:1: listed is for an app that was removed: write state = 'uninstalled', too, device 1",
    ),
    # Two devices with one topic and token, however they are written.
    (
        f"{ABOUT}[[device]]\ntopic = 'a'\ntoken = '1b'\n[[device]]\ntopic = 'a'\n"
        f"token = '{'1B' * 32}'",
        f"7:1: topic a has token {'1B' * 32} twice, device 2, token",
    ),
    # Chance without a seed.
    (
        f"{ABOUT}[[step]]\nfault = 'drop'\non = {{ every = 2, chance = 0.5 }}",
        "4:19: chance needs a seed: write seed = 7 at the top, or give --seed, step 1, on.chance",
    ),
    (
        f"{ABOUT}[gateway]\nerror_delay = '75ms..500ms'",
        "3:1: a range of delays needs a seed: write seed = 7 at the top, or give --seed, "
        "gateway.error_delay",
    ),
]
