"""`h2load` as a provider: pushes with the headers that people send, to ten thousand tokens."""

from __future__ import annotations

import re
import subprocess
import time
from hashlib import sha256
from pathlib import Path

from fakeapns.certificates import load_p8, sign_token

from .payloads import DISTINCT, payloads
from .processes import LOAD_CORE, TOPIC, on
from .rivals import program

#: As good as random, which tokens are.
TOKENS = [sha256(b"%d" % number).hexdigest() for number in range(DISTINCT)]
_TAKEN = re.compile(r"status codes: (\d+) 2xx")


class Provider:
    """Sends with one body, another one of the mix for each `number`, and one token for an hour.

    h2load has no header or body that differs from push to push, only paths: so there is no apns-id
    and servers make one up.
    """

    def __init__(self, folder: Path, key: dict[str, str], number: int) -> None:
        self.body = payloads(100, "mix")[number][0]
        self._folder = folder
        (folder / "body.json").write_bytes(self.body)
        (folder / "uris.txt").write_text(
            "".join(f"https://127.0.0.1/3/device/{token}\n" for token in TOKENS)
        )
        now = time.time()
        token = sign_token(
            load_p8(Path(key["p8"]).read_bytes()), key["key_id"], key["team_id"], now
        )
        self._headers = {
            "authorization": f"bearer {token}",
            "apns-topic": TOPIC,
            "apns-push-type": "alert",
            "apns-priority": "10",
            "apns-expiration": str(int(now) + 86_400),
            "content-type": "application/json",
        }

    def send(self, port: int, count: int, connections: int, streams: int) -> None:
        """Send so many pushes, over so many connections and streams of each at a time."""
        command = [program("h2load"), "-n", str(count), "-c", str(connections)]
        command += ["-m", str(streams), "-B", f"https://127.0.0.1:{port}"]
        command += ["-i", f"{self._folder}/uris.txt", "-d", f"{self._folder}/body.json"]
        for name, value in self._headers.items():
            command += ["-H", f"{name}: {value}"]
        done = subprocess.run(
            command, capture_output=True, text=True, check=True, preexec_fn=lambda: on(LOAD_CORE)
        )
        found = _TAKEN.search(done.stdout)
        if found is None or int(found[1]) != count:
            raise RuntimeError(f"not all of {count} pushes were taken:\n{done.stdout}")
