"""TLS, and the proxies that the environment names, against local ones."""

from __future__ import annotations

import ssl
from base64 import b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import certifi
import pytest
import trio
import trustme
from prometheus_client import REGISTRY

from lockbay.errors import SettingsError, TelegramUnavailable
from lockbay.telegram.api import open_bot_api
from lockbay.telegram.proxy import Endpoint, proxy_for
from lockbay.telegram.refusals import AnswerLost
from lockbay.telegram.transport import open_transport
from tests.telegram.stub import BOUND, TOKEN, Stub, listening

REQUEST = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhi"
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


class Authority:
    def __init__(self, name: str = "127.0.0.1") -> None:
        self.ca = trustme.CA()
        self.client = ssl.create_default_context()
        self.ca.configure_trust(self.client)
        self.server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        self.ca.issue_cert(name).configure_cert(self.server)

    def secured(self, stream: trio.SocketStream) -> trio.SSLStream[trio.SocketStream]:
        return trio.SSLStream(stream, self.server, server_side=True)


@pytest.fixture
def authority() -> Authority:
    return Authority()


@asynccontextmanager
async def tls_server(authority: Authority, answers: int = 1000) -> AsyncIterator[int]:
    async def handler(stream: trio.SocketStream) -> None:
        secured = authority.secured(stream)
        for _ in range(answers):
            if not await secured.receive_some():
                return
            await secured.send_all(OK)

    async with listening(handler) as port:
        yield port


class ConnectProxy:
    """Passes CONNECT through to where it leads; `heads` is what it was asked."""

    def __init__(self, authority: Authority | None = None, refusal: bytes | None = None) -> None:
        self.authority = authority
        self.refusal = refusal
        self.heads: list[bytes] = []

    async def __call__(self, plain: trio.SocketStream) -> None:
        stream: trio.abc.Stream = self.authority.secured(plain) if self.authority else plain
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            head += await stream.receive_some()
        self.heads.append(head)
        if self.refusal is not None:
            await stream.send_all(self.refusal)
            if self.refusal:
                await stream.receive_some()  # a proxy may well keep its line open
            return
        host, port = head.split(b" ")[1].decode().rsplit(":", 1)
        upstream = await trio.open_tcp_stream(host, int(port))
        await stream.send_all(b"HTTP/1.1 200 Connection established\r\nVia: test\r\n\r\n")
        async with upstream, trio.open_nursery() as nursery:
            nursery.start_soon(_pipe, stream, upstream, nursery.cancel_scope)
            await _pipe(upstream, stream, nursery.cancel_scope)


async def _pipe(source: trio.abc.Stream, sink: trio.abc.Stream, scope: trio.CancelScope) -> None:
    while data := await source.receive_some():
        await sink.send_all(data)
    scope.cancel()


def https(port: int) -> Endpoint:
    return Endpoint("https", "127.0.0.1", port)


async def test_calls_over_tls_keep_their_connection(authority: Authority) -> None:
    """What TLS itself says between two calls (tickets for sessions) is read with the answers."""
    before = REGISTRY.get_sample_value("lockbay_telegram_connections_opened_total") or 0
    async with tls_server(authority) as port, open_transport(https(port), tls=authority.client) as transport:
        for _ in range(3):
            assert await transport.exchange(REQUEST, BOUND) == (200, b"ok")
    assert REGISTRY.get_sample_value("lockbay_telegram_connections_opened_total") == before + 1


async def test_a_kept_tls_connection_closed_by_the_server_is_replaced(authority: Authority) -> None:
    async with tls_server(authority, answers=1) as port, open_transport(https(port), tls=authority.client) as transport:
        for _ in range(3):
            assert await transport.exchange(REQUEST, BOUND) == (200, b"ok")


async def test_a_certificate_nobody_vouches_for_is_refused(authority: Authority) -> None:
    async with tls_server(authority) as port, open_transport(https(port)) as transport:
        with pytest.raises(TelegramUnavailable, match="certificate"):
            await transport.exchange(REQUEST, BOUND)


@pytest.mark.parametrize("vouching", ["certifi", "SSL_CERT_FILE"])
async def test_calls_and_uploads_trust_the_same(
    vouching: str, authority: Authority, stub: Stub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A machine without certificates of its own has certifi's; one with has both."""
    vouched, nobody = tmp_path / "vouched.pem", tmp_path / "nobody.pem"
    authority.ca.cert_pem.write_to_path(str(vouched))
    trustme.CA().cert_pem.write_to_path(str(nobody))
    monkeypatch.setenv("SSL_CERT_FILE", str(vouched if vouching == "SSL_CERT_FILE" else nobody))
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path / "none"))
    monkeypatch.setattr(certifi, "where", lambda: str(vouched if vouching == "certifi" else nobody))

    async def handler(stream: trio.SocketStream) -> None:
        await stub.serve(authority.secured(stream))

    async with listening(handler) as port, open_bot_api(TOKEN, url=f"https://127.0.0.1:{port}") as api:
        await api.get_me()
        await api.send_photo(1, b"png")
    assert [call.method for call in stub.calls] == ["getMe", "sendPhoto"]


async def test_a_certificate_of_another_name_is_refused() -> None:
    other = Authority("telegram.example")
    async with tls_server(other) as port, open_transport(https(port), tls=other.client) as transport:
        with pytest.raises(TelegramUnavailable, match="certificate"):
            await transport.exchange(REQUEST, BOUND)


async def test_silence_over_tls_ends_at_the_time_limit(authority: Authority) -> None:
    async def mute(stream: trio.SocketStream) -> None:
        await authority.secured(stream).receive_some()
        await trio.sleep_forever()

    async with listening(mute) as port, open_transport(https(port), tls=authority.client, tick=0.01) as transport:
        with pytest.raises(AnswerLost, match="in time"):
            await transport.exchange(REQUEST, 0.6)


async def test_a_handshake_that_never_ends_means_that_nothing_was_sent(authority: Authority) -> None:
    async def mute(stream: trio.SocketStream) -> None:
        await trio.sleep_forever()

    async with listening(mute) as port, open_transport(https(port), tls=authority.client) as transport:
        with pytest.raises(TelegramUnavailable, match="in time") as caught:
            await transport.exchange(REQUEST, 0.05)
    assert not isinstance(caught.value, AnswerLost)


async def test_https_goes_through_connect_with_credentials(
    authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    proxy = ConnectProxy()
    async with tls_server(authority) as port, listening(proxy) as proxy_port:
        monkeypatch.setenv("HTTPS_PROXY", f"http://ada:p%40ss@127.0.0.1:{proxy_port}")
        async with open_transport(https(port), tls=authority.client) as transport:
            assert await transport.exchange(REQUEST, BOUND) == (200, b"ok")
            assert await transport.exchange(REQUEST, BOUND) == (200, b"ok")
    [head] = proxy.heads
    assert head.startswith(f"CONNECT 127.0.0.1:{port} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n".encode())
    assert b"Proxy-Authorization: Basic " + b64encode(b"ada:p@ss") + b"\r\n" in head


async def test_a_proxy_that_speaks_tls_itself(authority: Authority, monkeypatch: pytest.MonkeyPatch) -> None:
    async with tls_server(authority) as port, listening(ConnectProxy(authority)) as proxy_port:
        monkeypatch.setenv("https_proxy", f"https://127.0.0.1:{proxy_port}")
        async with open_transport(https(port), tls=authority.client) as transport:
            assert await transport.exchange(REQUEST, BOUND) == (200, b"ok")


@pytest.mark.parametrize(
    ("refusal", "says"),
    [
        (b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n", "407"),
        (b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 14\r\n\r\n<html>No</html>", "407"),
        (b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n", "403"),
        (b"HTTP/1.1 200 OK\r\n\r\nand more", "CONNECT"),
        (b"SSH-2.0-OpenSSH_9.9\r\n\r\n", "CONNECT"),
        (b"HTTP/1.1 200 OK\r\nX: " + b"x" * 20_000, "CONNECT"),
        (b"", "CONNECT"),
    ],
)
async def test_a_proxy_that_refuses_is_reported_without_its_password(
    refusal: bytes, says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with listening(ConnectProxy(refusal=refusal)) as proxy_port:
        monkeypatch.setenv("HTTPS_PROXY", f"http://ada:hunter2@127.0.0.1:{proxy_port}")
        async with open_transport(Endpoint("https", "api.telegram.org", 443)) as transport:
            with pytest.raises(TelegramUnavailable, match=says) as caught:
                await transport.exchange(REQUEST, BOUND)
            assert "hunter2" not in repr((transport.proxy, caught.value))


async def test_plain_http_names_its_whole_target_to_the_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://ada:secret@127.0.0.1:3128")
    async with open_transport(Endpoint.of("http://localbot:8081")) as transport:
        assert transport.target == b"http://localbot:8081"
        assert transport.headers.startswith(b"Host: localbot:8081\r\nProxy-Authorization: Basic ")


@pytest.mark.parametrize("exempt", ["127.0.0.1", "*", "example.org,127.0.0.1"])
def test_no_proxy_exempts(exempt: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:3128")
    monkeypatch.setenv("no_proxy", exempt)
    assert proxy_for(Endpoint.of("http://127.0.0.1:8081")) is None
    assert exempt == "*" or proxy_for(Endpoint.of("http://localbot:8081")) is not None


def test_a_proxy_for_everything_counts_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALL_PROXY", "proxy.example:3128")
    proxy = proxy_for(Endpoint.of("https://api.telegram.org"))
    assert proxy is not None
    assert proxy.endpoint == Endpoint("http", "proxy.example", 3128)


def test_a_proxy_of_another_kind_is_a_clear_setting_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "socks5://ada:hunter2@127.0.0.1:1080")
    with pytest.raises(SettingsError, match="HTTPS_PROXY") as caught:
        proxy_for(Endpoint.of("https://api.telegram.org"))
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    "address", ["http://ada:hunter2@proxy:port", "http://ada:hunter2@[::1", "http://:3128", "://x"]
)
@pytest.mark.parametrize("variable", ["HTTPS_PROXY", "ALL_PROXY"])
def test_a_proxy_that_is_none_is_a_setting_error_that_names_the_variable(
    address: str, variable: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, address)
    with pytest.raises(SettingsError, match=variable) as caught:
        proxy_for(Endpoint.of("https://api.telegram.org"))
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    "url",
    [
        "ftp://x",
        "ftp://x:21",
        "api.telegram.org",
        "http://x:port",
        "",
        "http://[::1",
        "http://",
        "https:///x",
        "http://:81",
        f"https://{'a' * 64}.org",
        "https://api..telegram.org",
        "https://api telegram.org",
        "https://x/a path",
        "https://x/päth",
    ],
)
def test_an_address_that_is_none_is_a_setting_error(url: str) -> None:
    with pytest.raises(SettingsError):
        Endpoint.of(url)


async def test_a_host_is_called_as_dns_and_http_call_it() -> None:
    assert Endpoint.of("https://Bücher.example/x").authority == "xn--bcher-kva.example"


def test_ipv6_addresses_keep_their_brackets() -> None:
    assert Endpoint.of("http://[::1]:8081/x/").authority == "[::1]:8081"
