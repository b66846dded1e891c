"""`serve` when all is well: what it prints, what it announces, what it logs."""

from __future__ import annotations

import json
import socket
import ssl
import subprocess
import sys
from pathlib import Path

from tests.frames import enhanced
from tests.processes import FREE_PORTS, PATIENCE, Server, read_ledger, serving

NAMES = ["gateway", "feedback", "api", "ca", "ca-bundle", "truststore", "client"]


def test_standard_output_is_a_block_that_ends_with_ready_and_nothing_else(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        assert [name for name, _ in server.block] == [*NAMES, "ready"]
        [gateway], [feedback] = server.values("gateway"), server.values("feedback")
        [api] = server.values("api")
        assert server.values("ready") == [f"gateway {gateway} feedback {feedback} api {api}"]
        assert server.end() == 0
        assert server.rest() == ""


def test_each_topic_has_a_line_and_the_ledger_one_too(tmp_path: Path) -> None:
    topics = ("--topic", "com.example.one", "--topic", "com.example.two")
    with serving(tmp_path, *topics, "--ledger", "record.jsonl") as server:
        assert [name for name, _ in server.block] == [*NAMES, "client", "ledger", "ready"]
        clients = server.values("client")
        assert clients == [f"{each} certs/{each}.pem" for each in topics[1::2]]
        assert server.values("ledger") == ["record.jsonl"]
        for topic in topics[1::2]:
            server.context(topic)


def test_what_the_block_says_is_true_when_it_is_printed(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        with server.dial("gateway") as gateway, server.dial("feedback") as feedback:
            assert gateway.version() == feedback.version() == "TLSv1.2"
        for name in ("ca", "ca-bundle", "truststore"):
            [path] = server.values(name)
            assert (tmp_path / path).is_file()


def test_it_listens_on_both_loopback_addresses(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        assert server.address()[0] == "127.0.0.1"
        if "has no ::1" in server.log:
            return
        where = ("::1", server.address()[1])
        with socket.create_connection(where, timeout=PATIENCE) as transport:
            assert transport.getpeername()[:2] == where


def test_only_the_given_host_is_listened_on(tmp_path: Path) -> None:
    with serving(tmp_path, "--host", "127.0.0.2") as server:
        assert server.address()[0] == "127.0.0.2"
        try:
            socket.create_connection(("127.0.0.1", server.address()[1]), PATIENCE).close()
        except ConnectionRefusedError:
            return
        raise AssertionError("it listens on 127.0.0.1 too")


def test_the_ready_file_has_exactly_what_the_contract_names(tmp_path: Path) -> None:
    with serving(tmp_path, "--ready-file", "ready.json") as server:
        found = json.loads((tmp_path / "ready.json").read_text())
        assert sorted(found) == [
            "api",
            "ca",
            "ca_bundle",
            "clients",
            "feedback",
            "gateway",
            "keys",
            "password",
            "pid",
            "truststore",
        ]
        assert found["pid"] == server.process.pid
        for service in ("gateway", "feedback"):
            host, port = server.address(service)
            assert found[service] == {"host": host, "port": port}
        host, port = server.address("api")
        assert found["api"] == {"host": host, "port": port, "url": f"https://{host}:{port}"}
        client = found["clients"].pop("com.example.app")
        assert found["clients"] == {}
        assert sorted(client) == ["certificate", "key", "pem", "pkcs12"]
        assert found["password"] == "fakeapns"
        paths = [*client.values(), found["ca"], found["ca_bundle"], found["truststore"]]
        assert all((tmp_path / path).is_file() for path in paths)
        context = ssl.create_default_context(cafile=tmp_path / found["ca"])
        context.load_cert_chain(tmp_path / client["certificate"], tmp_path / client["key"])


def test_a_ready_file_that_is_another_servers_by_now_stays(tmp_path: Path) -> None:
    path = tmp_path / "ready.json"
    with (
        serving(tmp_path, "--ready-file", path) as first,
        serving(tmp_path, "--ready-file", path) as second,
    ):
        theirs = path.read_bytes()
        assert first.end() == 0
        assert path.read_bytes() == theirs
        assert second.end() == 0
    assert not path.exists()


def test_the_ready_file_goes_when_the_server_does(tmp_path: Path) -> None:
    path = tmp_path / "ready.json"
    with serving(tmp_path, "--ready-file", path) as server:
        assert path.is_file()
        assert server.end() == 0
    assert not path.exists()


def test_two_servers_that_mint_into_one_folder_at_once_share_a_ca(tmp_path: Path) -> None:
    with (
        Server(tmp_path, *FREE_PORTS) as first,
        Server(tmp_path, *FREE_PORTS) as second,
    ):
        first.wait()
        second.wait()
        # Both contexts are made of the same files, whoever wrote them.
        for server in (first, second):
            with server.dial() as connection:
                connection.sendall(enhanced())
        assert first.end() == second.end() == 0


def test_certificates_are_reused_by_the_next_start(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        assert server.end() == 0
    before = {path: path.read_bytes() for path in (tmp_path / "certs").iterdir()}
    with serving(tmp_path) as server:
        assert server.end() == 0
    assert {path: path.read_bytes() for path in (tmp_path / "certs").iterdir()} == before


def exchange(server: Server) -> None:
    """Send one notification that is refused, and end the server."""
    with server.dial() as connection:
        connection.settimeout(PATIENCE)
        connection.sendall(enhanced(7, token=b""))
        assert connection.recv(6) == bytes([8, 2, 0, 0, 0, 7])
    assert server.end() == 0


def test_the_log_as_text_has_a_line_for_each_entry(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        exchange(server)
        kinds = [line.split()[1] for line in server.log.splitlines()]
    assert kinds == ["connection.opened", "notification", "response", "connection.closed"]


def test_the_log_as_json_has_the_lines_of_the_ledger(tmp_path: Path) -> None:
    with serving(tmp_path, "--log-format", "json", "--ledger", "record.jsonl") as server:
        exchange(server)
        logged = [json.loads(line) for line in server.log.splitlines()]
    assert logged == read_ledger(tmp_path / "record.jsonl")[1:]


def test_a_quiet_server_logs_no_entries(tmp_path: Path) -> None:
    with serving(tmp_path, "--quiet") as server:
        exchange(server)
        assert server.log == ""


#: A server that notes down whether the garbage collector runs while connections are closed.
NOTING = """
import gc, pathlib
from fakeapns import FakeAPNs
from fakeapns.cli import run

end = FakeAPNs.__aexit__

async def noting(self, *failure):
    pathlib.Path("collecting").write_text(str(gc.isenabled()))
    return await end(self, *failure)

FakeAPNs.__aexit__ = noting
run()
"""


def test_nobody_looks_for_garbage_while_thousands_of_connections_are_closed(tmp_path: Path) -> None:
    command = [sys.executable, "-c", NOTING, "serve", *FREE_PORTS]
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        assert any(line.startswith("ready ") for line in server.stdout)
        server.terminate()
        assert server.wait(PATIENCE) == 0
    assert (tmp_path / "collecting").read_text() == "False"
