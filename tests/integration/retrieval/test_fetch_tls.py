"""https as it is: the certificate must be the name's, though the connection goes to an address that was checked."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from retrieval.addresses import IP, Address, Reach
from retrieval.fetch import Fetcher, FetchFault


def certificate(folder: Path, name: str) -> Path:
    """A certificate for the name, signed by itself, with its key in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = folder / "both.pem"
    file.write_bytes(
        made.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return file


class Server:
    def __init__(self, port: int, tls: ssl.SSLContext, names: list[str | None]) -> None:
        self.port = port
        self.trust = tls
        self.names = names

    def fetcher(self, tls: ssl.SSLContext | None = None) -> Fetcher:
        async def here(host: str, port: int) -> Sequence[IP]:
            return [ip_address("127.0.0.1")]

        return Fetcher(Reach.of(["127.0.0.1"], [self.port]), resolve=here, tls=tls or self.trust)


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Server]:
    file = certificate(tmp_path, "wiki.example")
    ours = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    ours.load_cert_chain(file)
    names: list[str | None] = []
    ours.sni_callback = lambda _socket, name, _context: names.append(name)

    async def answer(request: web.Request) -> web.Response:
        if request.path == "/down":
            return web.Response(status=302, headers={"Location": f"http://wiki.example:{request.url.port}/"})
        return web.Response(text=request.host)

    app = web.Application()
    app.router.add_get("/{path:.*}", answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=ours).start()
    yield Server(runner.addresses[0][1], ssl.create_default_context(cafile=str(file)), names)
    await runner.cleanup()


async def test_the_name_is_asked_for_and_its_certificate_is_looked_at(server: Server) -> None:
    fetcher = server.fetcher()
    fetched = await fetcher.get(Address.of(f"https://wiki.example:{server.port}/"))
    assert fetched.content.decode() == f"wiki.example:{server.port}"
    assert server.names == ["wiki.example"]
    with pytest.raises(FetchFault, match="its certificate is not valid for that name"):
        await fetcher.get(Address.of(f"https://other.example:{server.port}/"))
    await fetcher.aclose()


async def test_a_certificate_of_nobody_whom_this_machine_trusts_is_refused(server: Server) -> None:
    fetcher = server.fetcher(ssl.create_default_context())
    with pytest.raises(FetchFault, match="whom this machine trusts"):
        await fetcher.get(Address.of(f"https://wiki.example:{server.port}/"))
    await fetcher.aclose()


async def test_a_redirect_never_leads_from_https_to_http(server: Server) -> None:
    fetcher = server.fetcher()
    with pytest.raises(FetchFault, match="where others can read along"):
        await fetcher.get(Address.of(f"https://wiki.example:{server.port}/down"))
    await fetcher.aclose()
