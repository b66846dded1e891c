"""What `fakeapns env` prints makes each runtime trust the server, and nothing else does.

Each client uses its runtime's defaults: it names no CA. Whether it came through the
handshake is its own word, since Node verifies only when the handshake is over.
"""

from __future__ import annotations

import shlex
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.processes import PATIENCE, PROGRAM, Server, environment, read_ledger, serving

from .runtimes import need

PYTHON = """
import os, socket, ssl
context = ssl.create_default_context()
context.load_cert_chain(os.environ["APNS_CERT"], os.environ["APNS_KEY"])
where = os.environ["APNS_GATEWAY_HOST"], int(os.environ["APNS_GATEWAY_PORT"])
context.wrap_socket(socket.create_connection(where), server_hostname="localhost").close()
"""

NODE = """
const { readFileSync } = require("fs");
const socket = require("tls").connect({
  host: process.env.APNS_GATEWAY_HOST,
  port: process.env.APNS_GATEWAY_PORT,
  cert: readFileSync(process.env.APNS_CERT),
  key: readFileSync(process.env.APNS_KEY),
}, () => socket.end());
"""

JAVA = """
import java.io.FileInputStream;
import java.security.KeyStore;
import javax.net.ssl.*;

class Client {
    public static void main(String[] arguments) throws Exception {
        char[] password = "fakeapns".toCharArray();
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(new FileInputStream(System.getenv("APNS_PKCS12")), password);
        KeyManagerFactory keys = KeyManagerFactory.getInstance("SunX509");
        keys.init(store, password);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), null, null);
        int port = Integer.parseInt(System.getenv("APNS_GATEWAY_PORT"));
        try (SSLSocket socket = (SSLSocket) context.getSocketFactory()
                .createSocket(System.getenv("APNS_GATEWAY_HOST"), port)) {
            SSLParameters parameters = socket.getSSLParameters();
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
            socket.setSSLParameters(parameters);
            socket.startHandshake();
        }
    }
}
"""

GO = """
package main

import (
	"crypto/tls"
	"os"
)

func main() {
	pair, err := tls.LoadX509KeyPair(os.Getenv("APNS_CERT"), os.Getenv("APNS_KEY"))
	if err != nil {
		panic(err)
	}
	where := os.Getenv("APNS_GATEWAY_HOST") + ":" + os.Getenv("APNS_GATEWAY_PORT")
	connection, err := tls.Dial("tcp", where, &tls.Config{Certificates: []tls.Certificate{pair}})
	if err != nil {
		panic(err)
	}
	connection.Close()
}
"""

RUBY = """
require "openssl"
require "socket"
context = OpenSSL::SSL::SSLContext.new
context.set_params(
  cert: OpenSSL::X509::Certificate.new(File.read(ENV["APNS_CERT"])),
  key: OpenSSL::PKey.read(File.read(ENV["APNS_KEY"]))
)
plain = TCPSocket.new(ENV["APNS_GATEWAY_HOST"], ENV["APNS_GATEWAY_PORT"])
socket = OpenSSL::SSL::SSLSocket.new(plain, context)
socket.hostname = "localhost"
socket.connect
socket.post_connection_check("localhost")
socket.close
"""

#: Its streams; its curl extension heeds no variable, but `curl.cainfo` of its configuration.
PHP = """<?php
$own = ["local_cert" => getenv("APNS_PEM"), "peer_name" => "localhost"];
$where = "tls://" . getenv("APNS_GATEWAY_HOST") . ":" . getenv("APNS_GATEWAY_PORT");
$context = stream_context_create(["ssl" => $own]);
ini_set("display_errors", "stderr");
exit(stream_socket_client($where, $code, $words, 60, STREAM_CLIENT_CONNECT, $context) ? 0 : 1);
"""

#: Speaks HTTP to a port that does not, so it fails either way; 60 is a server not trusted. Whoever
#: says beforehand that HTTP is wanted (ALPN) does not even get in.
CURL = """
curl --no-alpn --silent --show-error --cert "$APNS_PEM" "https://localhost:$APNS_GATEWAY_PORT/"
test $? -ne 60
"""

#: What to run, the file that it needs, and what else to have on the path.
CLIENTS: dict[str, tuple[Sequence[str], str, str]] = {
    "python": ((sys.executable, "client.py"), PYTHON, sys.executable),
    "node": (("node", "client.js"), NODE, "node"),
    "java": (("java", "Client.java"), JAVA, "javac"),
    "curl": (("sh", "client.sh"), CURL, "curl"),
    "go": (("go", "run", "client.go"), GO, "go"),
    "ruby": (("ruby", "client.rb"), RUBY, "ruby"),
    "php": (("php", "client.php"), PHP, "php"),
}


#: What the server says of the client that turns it down. Node sends no alert, and Java the same one
#: for whatever is wrong with a certificate.
DOUBTS = {
    "python": "the client does not trust our CA: give ca.pem",
    "node": "as Node does where it does not trust our CA: set NODE_EXTRA_CA_CERTS to ca.pem",
    "java": "does not trust our CA: give ca.pem",
    "curl": "the client does not trust our CA: give ca.pem",
    # One alert for whatever is wrong with a certificate.
    "go": "or it does not trust our CA: give ca.pem",
    "ruby": "the client does not trust our CA: give ca.pem",
    "php": "the client does not trust our CA: give ca.pem",
}


def connect(
    server: Server, runtime: str, *, keeping: str, named: bool = True
) -> subprocess.CompletedProcess[str]:
    """Run the client in a shell that has evaluated those exports which the pattern keeps: for
    its runtime, or without that being `named` for any.
    """
    command, source, _ = CLIENTS[runtime]
    (server.folder / command[-1]).write_text(source)
    choice = ["--for", runtime] if named else []
    printed = shlex.join([*PROGRAM, "env", *choice, "--ready-file", "ready.json"])
    script = f'set -e\neval "$({printed} | grep {keeping})"\n{shlex.join(command)}\n'
    return subprocess.run(
        ["sh", "-c", script],
        cwd=server.folder,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )


@pytest.mark.parametrize("runtime", CLIENTS)
def test_the_exports_make_a_runtime_trust_the_server(runtime: str, tmp_path: Path) -> None:
    needed = CLIENTS[runtime][2]
    # Only Python is promised to be here, so even in CI the others may be absent.
    if runtime == "python":
        need(shutil.which(needed) is not None, needed, "Python trusts us")
    elif shutil.which(needed) is None:
        pytest.skip(f"{needed} is missing, so nothing here proves that {runtime} trusts us")
    # People's folders have spaces in their names.
    folder = tmp_path / "my project"
    folder.mkdir()
    with serving(folder, "--ledger", "ledger.jsonl", "--ready-file", "ready.json") as server:
        trusting = connect(server, runtime, keeping=".")
        assert trusting.returncode == 0, trusting.stderr
        unnamed = connect(server, runtime, keeping=".", named=False)
        assert unnamed.returncode == 0, unnamed.stderr
        # Without what the runtime reads by itself the same client turns the server down.
        doubting = connect(server, runtime, keeping="APNS_")
        assert doubting.returncode != 0
        assert "certificat" in doubting.stderr
        # Behind a whole handshake all is dealt with that had come before.
        server.dial().close()
        assert server.end() == 0
    entries = read_ledger(folder / "ledger.jsonl")
    assert [each["kind"] for each in entries[:2]] == ["server.started", "connection.opened"]
    assert entries[1]["topic"] == "com.example.app"
    told = [str(each.get("hint") or each.get("detail")) for each in entries]
    assert any(DOUBTS[runtime] in each for each in told), told
