"""`env`: what to export, for which runtime, about which server."""

from __future__ import annotations

import shlex
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from fakeapns import FakeAPNs
from fakeapns.cli import main
from fakeapns.provider import write_ready_file
from tests.processes import serving

FOR_EVERYBODY = {
    "APNS_GATEWAY_HOST",
    "APNS_GATEWAY_PORT",
    "APNS_FEEDBACK_HOST",
    "APNS_FEEDBACK_PORT",
    "APNS_API_URL",
    "APNS_API_HOST",
    "APNS_API_PORT",
    "APNS_CA",
    "APNS_CERT",
    "APNS_KEY",
    "APNS_PEM",
    "APNS_PKCS12",
    "APNS_TOPIC",
    "APNS_AUTH_KEY",
    "APNS_KEY_ID",
    "APNS_TEAM_ID",
}

BY_RUNTIME = {
    "python": {"SSL_CERT_FILE": "ca-bundle.pem"},
    "node": {"NODE_EXTRA_CA_CERTS": "ca.pem"},
    "go": {"SSL_CERT_FILE": "ca-bundle.pem"},
    "ruby": {
        "SSL_CERT_FILE": "ca-bundle.pem",
        "APN_GATEWAY_URI": "",
        "APN_FEEDBACK_URI": "",
        "APN_CERTIFICATE": "com.example.app.pem",
    },
    "java": {"JAVA_TOOL_OPTIONS": "truststore.p12", "APNS_TRUSTSTORE": "truststore.p12"},
    "php": {"SSL_CERT_FILE": "ca-bundle.pem"},
    "curl": {"CURL_CA_BUNDLE": "ca-bundle.pem"},
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate folder, with a space and a quote in its name as people have them."""
    found = tmp_path_factory.mktemp("certs") / "Zoë's keys"
    assert CliRunner().invoke(main, ["certs", "--certs", str(found)]).exit_code == 0
    return found


def env(*arguments: str | Path) -> Result:
    """What the command says."""
    return CliRunner().invoke(main, ["env", *map(str, arguments)])


def exports(text: str) -> dict[str, str]:
    """What a shell has exported after evaluating this, and nothing that it had before."""
    done = subprocess.run(
        ["sh", "-c", f"{text}\nexport -p"], env={}, capture_output=True, text=True, check=True
    )
    words = shlex.split(done.stdout)
    found = dict(word.split("=", 1) for word in words if "=" in word)
    return {name: value for name, value in found.items() if name not in ("PWD", "OLDPWD", "SHLVL")}


@pytest.mark.parametrize("runtime", BY_RUNTIME)
def test_each_runtime_gets_what_it_reads_by_itself(runtime: str, folder: Path) -> None:
    ports = ("--gateway-port", "4001", "--feedback-port", "4002", "--api-port", "4003")
    result = env("--for", runtime, "--certs", folder, *ports)
    assert (result.exit_code, result.stderr) == (0, "")
    found = exports(result.stdout)
    assert set(found) - {"_"} == FOR_EVERYBODY | set(BY_RUNTIME[runtime])
    for name, file in BY_RUNTIME[runtime].items():
        assert not file or str(folder / file) in found[name]
    assert (found["APNS_GATEWAY_HOST"], found["APNS_GATEWAY_PORT"]) == ("127.0.0.1", "4001")
    assert (found["APNS_FEEDBACK_HOST"], found["APNS_FEEDBACK_PORT"]) == ("127.0.0.1", "4002")
    assert (found["APNS_API_HOST"], found["APNS_API_PORT"]) == ("127.0.0.1", "4003")
    assert found["APNS_API_URL"] == "https://127.0.0.1:4003"
    for name, end in (("CERT", "crt"), ("KEY", "key"), ("PEM", "pem"), ("PKCS12", "p12")):
        assert Path(found[f"APNS_{name}"]) == folder / f"com.example.app.{end}"


def test_ruby_gets_the_addresses_that_houston_reads(folder: Path) -> None:
    found = exports(env("--for", "ruby", "--certs", folder, "--gateway-port", "4001").stdout)
    assert found["APN_GATEWAY_URI"] == "apn://127.0.0.1:4001"
    assert found["APN_FEEDBACK_URI"] == "apn://127.0.0.1:2196"


def test_without_a_runtime_the_common_variables_are_set(folder: Path) -> None:
    found = exports(env("--certs", folder).stdout)
    assert Path(found["SSL_CERT_FILE"]) == folder / "ca-bundle.pem"
    assert Path(found["CURL_CA_BUNDLE"]) == folder / "ca-bundle.pem"
    assert Path(found["NODE_EXTRA_CA_CERTS"]) == folder / "ca.pem"
    assert f'trustStore="{folder / "truststore.p12"}"' in found["JAVA_TOOL_OPTIONS"]
    assert Path(found["APNS_TRUSTSTORE"]) == folder / "truststore.p12"
    assert found["APN_GATEWAY_URI"] == "apn://127.0.0.1:2195"
    assert Path(found["APN_CERTIFICATE"]) == folder / "com.example.app.pem"


def test_without_a_runtime_no_variable_of_any_is_missing(folder: Path) -> None:
    found = exports(env("--certs", folder).stdout)
    for runtime in BY_RUNTIME:
        own = exports(env("--for", runtime, "--certs", folder).stdout)
        assert own.items() <= found.items(), runtime


def test_options_that_java_has_already_stay_and_ours_are_not_added_twice(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("JAVA_TOOL_OPTIONS", raising=False)
    [ours] = (exports(env("--for", "java", "--certs", folder).stdout)["JAVA_TOOL_OPTIONS"],)
    for runtime in ((), ("--for", "java")):
        monkeypatch.setenv("JAVA_TOOL_OPTIONS", "-Xmx64m")
        found = exports(env(*runtime, "--certs", folder).stdout)["JAVA_TOOL_OPTIONS"]
        assert found == f"-Xmx64m {ours}"
        monkeypatch.setenv("JAVA_TOOL_OPTIONS", found)
        assert exports(env(*runtime, "--certs", folder).stdout)["JAVA_TOOL_OPTIONS"] == found


def test_a_ready_file_says_where_the_server_is(tmp_path: Path) -> None:
    ready = tmp_path / "ready.json"
    with serving(tmp_path, "--certs", tmp_path / "keys", "--ready-file", ready) as server:
        found = exports(env("--ready-file", ready).stdout)
        assert (found["APNS_GATEWAY_HOST"], int(found["APNS_GATEWAY_PORT"])) == server.address()
        assert int(found["APNS_FEEDBACK_PORT"]) == server.address("feedback")[1]
        assert Path(found["APNS_CA"]) == tmp_path / "keys" / "ca.pem"


def test_the_proxy_is_told_of_where_there_is_one(folder: Path) -> None:
    found = exports(env("--certs", folder, "--proxy-port", "3128").stdout)
    assert found["APNS_PROXY"] == "http://127.0.0.1:3128"
    assert "HTTPS_PROXY" not in found
    assert "APNS_PROXY" not in exports(env("--certs", folder).stdout)


def test_what_is_on_the_command_line_wins_over_a_ready_file_for_the_proxy_too(
    folder: Path, tmp_path: Path
) -> None:
    ready = tmp_path / "ready.json"
    with FakeAPNs(certs=folder, proxy_port=0).in_thread() as apns:
        write_ready_file(ready, apns.endpoint())
        for options, url in (
            ([], apns.proxy.url),
            (["--host", "push.test"], f"http://push.test:{apns.proxy.port}"),
            (["--proxy-port", "3128"], f"http://{apns.proxy.host}:3128"),
            (["--host", "::1", "--proxy-port", "3128"], "http://[::1]:3128"),
        ):
            found = exports(env("--ready-file", ready, *options).stdout)
            assert found["APNS_PROXY"] == url
    with FakeAPNs(certs=folder).in_thread() as apns:
        write_ready_file(ready, apns.endpoint())
        assert "APNS_PROXY" not in exports(env("--ready-file", ready).stdout)
        found = exports(env("--ready-file", ready, "--proxy-port", "3128").stdout)
        assert found["APNS_PROXY"] == "http://127.0.0.1:3128"


def test_all_paths_are_absolute(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder.parent)
    found = exports(env("--certs", folder.name).stdout)
    for name in ("CA", "CERT", "KEY", "PEM", "PKCS12"):
        assert Path(found[f"APNS_{name}"]).parent == folder


def test_an_unknown_runtime_is_a_usage_error_that_names_the_known_ones(folder: Path) -> None:
    result = env("--for", "pyhton", "--certs", folder)
    assert result.exit_code == 2
    assert all(f"'{runtime}'" in result.stderr for runtime in BY_RUNTIME)


def test_an_unknown_topic_is_a_usage_error_that_names_the_known_ones(folder: Path) -> None:
    result = env("--topic", "com.example.nobody", "--certs", folder)
    assert result.exit_code == 2
    assert "use one of com.example.app" in result.stderr


def test_a_folder_without_certificates_is_one_sentence(tmp_path: Path) -> None:
    result = env("--certs", tmp_path)
    assert (result.exit_code, result.stdout) == (1, "")
    [sentence] = result.stderr.splitlines()
    assert "run `fakeapns certs`" in sentence


def test_a_ready_file_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    result = env("--ready-file", tmp_path / "ready.json")
    assert (result.exit_code, result.stdout) == (1, "")
    [sentence] = result.stderr.splitlines()
    assert "cannot read the ready file" in sentence
