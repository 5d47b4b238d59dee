"""A mail server: asked to pass messages on, by SMTP as RFC 5321 has it, in the clear on this machine only."""

from __future__ import annotations

import smtplib
import ssl
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from soma_audit.errors import SomaError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from email.message import EmailMessage
    from pathlib import Path

SECONDS = 30
"""How long an answer of the server is waited for."""
PORTS = {"starttls": 587, "tls": 465, "none": 25}


class MailServerError(SomaError):
    """The mail server took nothing: tell why, and send what is owed next time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MailServer:
    """Where mail is handed in, and how."""

    host: str
    port: int
    security: str
    """A key of `PORTS`."""
    user: str | None
    password: str | None
    ca_file: Path | None

    @contextmanager
    def connection(self) -> Iterator[smtplib.SMTP]:
        """Return a connection that is signed in.

        Raises:
            MailServerError: the server is away, cannot be trusted, or refused the user; also while it is used.
        """
        try:
            with self._connected() as smtp:
                if self.security == "starttls":
                    smtp.starttls(context=self._trust())
                if self.user and self.password:
                    smtp.login(self.user, self.password)
                yield smtp
        except smtplib.SMTPAuthenticationError as error:
            raise MailServerError(
                f"The mail server {self.host} refused the user or the password ([mail] user, password_file)."
            ) from error
        except smtplib.SMTPNotSupportedError as error:
            raise MailServerError(
                f"The mail server {self.host} cannot do what [mail] asks for: {'sign in' if 'AUTH' in str(error) else 'STARTTLS'}."
            ) from error
        except ssl.SSLError as error:
            raise MailServerError(
                f"The mail server {self.host} could not be spoken to in secret: {error.reason or error}."
                " Look at [mail] security, port and ca_file."
            ) from error
        except (OSError, smtplib.SMTPException) as error:
            why = getattr(error, "strerror", None) or type(error).__name__
            raise MailServerError(
                f"The mail server {self.host}, port {self.port}, could not be reached or broke off: {why}."
            ) from error

    def _connected(self) -> smtplib.SMTP:
        if self.security == "tls":
            return smtplib.SMTP_SSL(self.host, self.port, timeout=SECONDS, context=self._trust())
        return smtplib.SMTP(self.host, self.port, timeout=SECONDS)

    def _trust(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self.ca_file) if self.ca_file else None)


def send(smtp: smtplib.SMTP, message: EmailMessage, addresses: Sequence[str]) -> dict[str, str]:
    """Hand in a message; return the addresses that the server refused, each with what it said."""
    try:
        refused = smtp.send_message(message, to_addrs=addresses)
    except smtplib.SMTPRecipientsRefused as error:
        refused = error.recipients
    except smtplib.SMTPResponseException as error:  # the sender, or the message as a whole
        return dict.fromkeys(addresses, _said(error.smtp_code, error.smtp_error))
    return {address: _said(*answer) for address, answer in refused.items()}


def _said(code: int, words: bytes | str) -> str:
    told = words.decode(errors="replace") if isinstance(words, bytes) else words
    return f"{code} {' '.join(told.split())[:200]}"
