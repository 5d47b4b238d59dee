"""The morning mail, handed to a real mail server on this machine: what arrives, what is owed, and what is told of it."""

from __future__ import annotations

import re
import shutil
import socket
import sqlite3
import ssl
from contextlib import closing
from email import message_from_bytes, policy
from typing import TYPE_CHECKING, Any

import pytest
import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

from cli.conftest import of_few, untroubled_in
from soma_audit.audit.mail import mail_server, mail_stage
from soma_audit.audit.outcome import Outcome
from soma_audit.audit.report import figures_of
from soma_audit.audit.settings import read_settings
from soma_audit.cli import main

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from email.message import EmailMessage
    from pathlib import Path

    from cli.conftest import Soma

UNIT, SIGNS = "presse@etat.example", "svar@skilt.example"
AGENCIES = ("lysdepartementet", "lekedepartementet")
PASSWORD = "correct horse"


class Post:
    """A mail server that keeps what it is handed."""

    def __init__(self) -> None:
        self.got: list[tuple[list[str], EmailMessage]] = []
        self.refuses: set[str] = set()

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self,
        _server: object,
        _session: object,
        envelope: Any,
        address: str,
        _options: object,
    ) -> str:
        if address in self.refuses:
            return "550 no such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 - the same
        self,
        _server: object,
        _session: object,
        envelope: Any,
    ) -> str:
        message = message_from_bytes(envelope.content, policy=policy.default)
        self.got.append(([*envelope.rcpt_tos], message))
        return "250 OK"


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Certificates that the server's is checked by, and the server's own beside it."""
    folder, ca = tmp_path_factory.mktemp("ca"), trustme.CA()
    ca.cert_pem.write_to_path(folder / "ca.pem")
    issued = ca.issue_cert("localhost")
    issued.private_key_and_cert_chain_pem.write_to_path(folder / "server.pem")
    return folder


class _Running(Controller):
    """Asks for a password, and speaks in secret: from the first word, or when it is asked to."""

    def __init__(self, post: Post, secret: ssl.SSLContext, *, is_tls: bool) -> None:
        self._secret, self._is_tls = secret, is_tls
        with closing(socket.create_server(("localhost", 0))) as free:
            port = free.getsockname()[1]
        super().__init__(post, hostname="localhost", port=port, ssl_context=secret if is_tls else None)

    def factory(self) -> SMTP:
        def allowed(_s: object, _x: object, _e: object, _m: object, given: LoginPassword) -> AuthResult:
            is_right = given.password == PASSWORD.encode()
            return AuthResult(success=is_right, handled=is_right)

        return SMTP(
            self.handler,
            tls_context=None if self._is_tls else self._secret,
            require_starttls=not self._is_tls,
            auth_required=True,
            auth_require_tls=not self._is_tls,
            authenticator=allowed,
        )


@pytest.fixture
def server(request: pytest.FixtureRequest, authority: Path) -> Iterator[tuple[Post, str]]:
    """A running server, and the lines of the configuration that reach it."""
    secret = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    secret.load_cert_chain(authority / "server.pem")
    post, security = Post(), getattr(request, "param", "starttls")
    running = _Running(post, secret, is_tls=security == "tls")
    running.start()
    lines = f'host = "localhost"\nport = {running.port}\nsecurity = "{security}"\nca_file = "{authority}/ca.pem"\n'
    yield post, lines
    running.stop()


@pytest.fixture
def configured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """Make an example in which all is well, with a [mail] section of these lines."""
    monkeypatch.setenv("SOMA_AUDIT_MAIL_PASSWORD", PASSWORD)

    def make(lines: str, to: str = f'to = ["Pressevakta <{UNIT}>"]') -> Path:
        config = of_few(untroubled_in(tmp_path), *AGENCIES)
        plain = config.read_text("utf-8").partition("\n[mail]")[0]
        config.write_text(
            f'{plain}\n[mail]\nuser = "soma"\nfrom = "soma-audit <soma@etat.example>"\n{to}\n{lines}', "utf-8"
        )
        return config

    return make


@pytest.fixture(scope="module")
def audited(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The database of an audit in which all was well."""
    folder = tmp_path_factory.mktemp("audited")
    with pytest.raises(SystemExit):
        main(["run", "--quiet", "--config", str(of_few(untroubled_in(folder), *AGENCIES))])
    return folder / "example.db"


@pytest.fixture
def told(audited: Path) -> Callable[[Path], Outcome]:
    """Tell what comes of the mail after that audit, by a configuration."""

    def mail(config: Path) -> Outcome:
        settings, outcome = read_settings(config, None, needs_config=True), Outcome()
        if not settings.database.exists():
            shutil.copy(audited, settings.database)
        with settings.open() as store:
            figures = figures_of(store, settings, as_of=None)
            (report,) = store.execute("select max(id) from run").fetchone()
            mail_stage(store, settings, outcome, mail_server(settings), figures, report=report)
        return outcome

    return mail


def mailed(config: Path, soma: Soma, *words: str) -> str:
    """Run the audit with --mail, which goes well; return what it says."""
    ended = soma("run", "--mail", "--config", config, *words)
    assert (ended.code, ended.err) == (0, "")
    return ended.out


def test_the_unit_is_told_who_waits_and_when_nothing_is_new_only_if_it_wants_to_be(
    server: tuple[Post, str], configured: Callable[..., Path], soma: Soma
) -> None:
    post, lines = server
    config = configured(lines)
    assert "Mailed to 1 address." in mailed(config, soma)
    ((to, message),) = post.got
    assert to == [UNIT]
    assert re.fullmatch(r"\d+ are waiting for an answer – .+", message["Subject"])
    assert message["Auto-Submitted"] == "auto-generated"
    assert [part.get_content_type() for part in message.walk()] == [
        "multipart/alternative",
        "text/plain",
        "text/html",
    ]
    assert "Nothing is new, so nobody is mailed." in mailed(config, soma)
    assert len(post.got) == 1
    mailed(configured(f"{lines}always = true\n"), soma)
    assert len(post.got) == 2


def test_an_agency_is_told_of_its_own_accounts_only(
    server: tuple[Post, str], configured: Callable[..., Path], told: Callable[[Path], Outcome]
) -> None:
    post, lines = server
    config = configured(lines, f'agencies = {{ "lysdepartementet" = ["{SIGNS}"] }}')
    told(config)
    ((to, message),) = post.got
    assert to == [SIGNS]
    text = message.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    whose = set(re.findall(r"^\* (.+), \w+ \S+$", text, re.MULTILINE))
    assert len(whose) <= 1
    assert message["Subject"].endswith(f"– {text.splitlines()[2]}")


@pytest.mark.filterwarnings(
    "ignore:Requiring AUTH while not requiring TLS"
)  # which is there from the first byte
@pytest.mark.parametrize("server", ["tls"], indirect=True)
@pytest.mark.parametrize("texts", ["true", "false"])
def test_the_report_is_attached_and_holds_no_more_than_the_mail(
    texts: str, server: tuple[Post, str], configured: Callable[..., Path], told: Callable[[Path], Outcome]
) -> None:
    post, lines = server
    told(configured(f'{lines}texts = {texts}\nreport = "attached"\n'))
    ((_, message),) = post.got
    (attached,) = message.iter_attachments()
    assert attached.get_filename() == "report-2010-12-01.html"
    assert ("Public edition" in attached.get_content()) is (texts == "false")


def test_what_a_server_that_was_away_did_not_take_is_told_once_by_the_next_mail(
    server: tuple[Post, str], configured: Callable[..., Path], soma: Soma
) -> None:
    post, lines = server
    away = configured('host = "localhost"\nport = 1\nsecurity = "tls"\n')
    ended = soma("run", "--mail", "--quiet", "--config", away)
    assert ended.code == 3
    assert (
        "The mail server localhost, port 1, could not be reached or broke off: Connection refused."
        in ended.err
    )
    assert "The next mail tells what this one would have told." in ended.err
    with closing(sqlite3.connect(away.parent / "example.db")) as db:
        assert db.execute("select count(*) from run where stage = 'report' and outcome = 0").fetchone() == (
            1,
        )
    config = configured(lines)
    mailed(config, soma)
    assert len(post.got) == 1
    assert "before this one to compare with" in post.got[0][1].get_body(("plain",)).get_content()  # type: ignore[union-attr]
    mailed(config, soma)
    assert len(post.got) == 1


def test_whom_the_server_refuses_is_told_and_owed(
    server: tuple[Post, str], configured: Callable[..., Path], told: Callable[[Path], Outcome]
) -> None:
    post, lines = server
    post.refuses = {SIGNS}
    config = configured(lines, f'to = ["{UNIT}", "{SIGNS}"]')
    outcome = told(config)
    assert outcome.code == 3
    assert f"did not take the mail to {SIGNS}: 550 no such user." in outcome.warnings[0]
    post.refuses = set()
    told(config)
    assert [to for to, _ in post.got] == [[UNIT], [SIGNS]]


def test_a_wrong_password_is_told(
    server: tuple[Post, str],
    configured: Callable[..., Path],
    told: Callable[[Path], Outcome],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    post, lines = server
    config = configured(lines)
    monkeypatch.setenv("SOMA_AUDIT_MAIL_PASSWORD", "wrong")
    outcome = told(config)
    assert outcome.code == 3
    assert "refused the user or the password ([mail] user, password_file)" in outcome.warnings[0]
    assert "wrong" not in outcome.warnings[0]
    assert post.got == []


def test_a_server_that_nobody_vouches_for_gets_no_password(
    server: tuple[Post, str], configured: Callable[..., Path], told: Callable[[Path], Outcome]
) -> None:
    post, lines = server
    outcome = told(configured(re.sub(r"ca_file.*\n", "", lines)))
    assert outcome.code == 3
    assert "could not be spoken to in secret" in outcome.warnings[0]
    assert post.got == []


def test_addresses_do_not_stand_in_the_database(
    server: tuple[Post, str], configured: Callable[..., Path], told: Callable[[Path], Outcome]
) -> None:
    config = configured(server[1])
    told(config)
    assert UNIT.encode() not in (config.parent / "example.db").read_bytes()


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ("", "A mail needs a server, a sender and somebody to get it"),
        ('host = "mail.example"\nsecurity = "none"\n', "The mail would go to mail.example in the clear"),
        ('host = "localhost"\nreport = "linked"\n', "The mail has nothing to link to"),
        ('host = "localhost"\nca_file = "none.pem"\n', "with certificates ([mail] ca_file)"),
        (
            'host = "localhost"\nagencies = { "nobody" = ["a@b.example"] }\n',
            "The register has no agency nobody",
        ),
        ('host = "localhost"\nto = "a@b.example"\n', "must be a list"),
        ('host = "localhost"\nreport_url = "ftp://a.example"\n', "mail.report_url: must look like"),
        (
            'host = "localhost"\nagencies = { "lysdepartementet" = ["a\\nBcc: b@c.example"] }\n',
            "must be an address",
        ),
    ],
)
def test_what_cannot_be_mailed_is_told_before_anything_is_done(
    lines: str, told: str, configured: Callable[..., Path], soma: Soma
) -> None:
    config = configured(lines, "" if "to = " in lines else 'to = ["a@b.example"]')
    ended = soma("run", "--mail", "--config", config)
    assert ended.code == 2
    assert told in ended.err
    assert not (config.parent / "example.db").exists()


def test_a_password_that_is_nowhere_is_asked_for(
    configured: Callable[..., Path], soma: Soma, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = configured('host = "localhost"\n')
    monkeypatch.delenv("SOMA_AUDIT_MAIL_PASSWORD")
    ended = soma("run", "--mail", "--config", config)
    assert ended.code == 2
    assert "There is no mail password. Put it in a file that only you can read" in ended.err
    assert "([mail] password_file), or set SOMA_AUDIT_MAIL_PASSWORD" in ended.err
