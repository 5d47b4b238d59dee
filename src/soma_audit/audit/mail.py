"""The stage `mail`: those whom the configuration names are told every morning what is new, and what they are owed, once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from email.message import EmailMessage
from email.utils import localtime, make_msgid, parseaddr
from typing import TYPE_CHECKING

from soma_audit.audit.smtp import PORTS, MailServer, MailServerError, send
from soma_audit.errors import Exit, InvalidInputError
from soma_audit.report.text import counted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from soma_audit.audit.outcome import Outcome
    from soma_audit.audit.settings import Settings
    from soma_audit.report.figures.model import Figures
    from soma_audit.store import Store

LOOPBACK = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True, kw_only=True)
class Addressees:
    """Who is told the same: of one agency or of all, since the same report."""

    agency: str | None
    since: tuple[int | None] | None
    """The report that they were mailed about last, None in it if they have had no mail; None: the report before this one."""
    addresses: tuple[str, ...]
    """Without the names before them."""


def mail_server(settings: Settings) -> MailServer:
    """Return the server that the configuration names.

    Raises:
        InvalidInputError: something that a mail needs is missing or contradicts the rest; nothing has been done yet.
    """
    from soma_audit.collect.credentials import credential

    mail = settings.config.mail
    if not (mail.host and mail.sender and (mail.to or mail.agencies)):
        raise InvalidInputError(
            "A mail needs a server, a sender and somebody to get it: set host, from, and to or agencies in config.toml ([mail])."
        )
    if mail.report == "linked" and not mail.report_url:
        raise InvalidInputError(
            'The mail has nothing to link to: set report_url in config.toml ([mail]), or report = "attached".'
        )
    if mail.security == "none" and mail.host not in LOOPBACK:
        raise InvalidInputError(
            f'The mail would go to {mail.host} in the clear: set security = "starttls" or "tls" in config.toml ([mail]).'
        )
    if mail.agencies:
        _check_agencies(settings)
    ca_file = settings.config.path(mail.ca_file) if mail.ca_file else None
    if ca_file and not ca_file.is_file():
        raise InvalidInputError(f"There is no file {ca_file} with certificates ([mail] ca_file).")
    return MailServer(
        host=mail.host,
        port=mail.port or PORTS[mail.security],
        security=mail.security,
        user=mail.user,
        password=credential("mail-password", mail.password_file, settings.config) if mail.user else None,
        ca_file=ca_file,
    )


def _check_agencies(settings: Settings) -> None:
    from soma_audit import register

    listed = register.load(settings.config.path(settings.config.collect.register_file))
    if unknown := sorted(settings.config.mail.agencies.keys() - {agency.id for agency in listed.agencies}):
        raise InvalidInputError(
            f"The register has no agency {', '.join(unknown)}, which config.toml ([mail] agencies) has addresses for."
            " `soma-audit register` lists their short names."
        )


def mail_stage(
    store: Store, settings: Settings, outcome: Outcome, server: MailServer, figures: Figures, *, report: int
) -> None:
    """Mail what is new to everybody who is to know it; `figures` are those of tonight's report, `report` is its run.

    A server that takes nothing is a warning: the next mail tells what is new since the last one that it took.
    """
    mail = settings.config.mail
    due = [
        (group, message)
        for group in addressees(store, settings)
        if (message := message_to(group, _figures(store, settings, group, figures), settings))
    ]
    told, refused = 0, dict[str, str]()
    try:
        if due:
            with server.connection() as smtp:
                for group, message in due:
                    said = send(smtp, message, group.addresses)
                    taken = [address for address in group.addresses if address not in said]
                    store.mails.note_mailed(taken, group.agency, report)
                    told += len(taken)
                    refused |= said
    except MailServerError as error:
        outcome.warnings.append(f"{error} The next mail tells what this one would have told.")
        outcome.code = Exit.PARTIAL
    for address, why in refused.items():
        outcome.warnings.append(f"The mail server {mail.host} did not take the mail to {address}: {why}.")
        outcome.code = Exit.PARTIAL
    outcome.data["mailed"] = told
    if not due:
        outcome.sentences.append("Nothing is new, so nobody is mailed.")
    elif told:
        outcome.sentences.append(f"Mailed to {counted(told, 'address', 'addresses')}.")


def addressees(store: Store, settings: Settings) -> Iterator[Addressees]:
    """Yield who is told the same; whoever is mailed for the first time is noted, so that a mail that fails stays owed."""
    mail = settings.config.mail
    before = store.figures.last_reported()
    for agency, addresses in ((None, mail.to), *sorted(mail.agencies.items())):
        by_since: dict[tuple[int | None] | None, list[str]] = {}
        for address in dict.fromkeys(map(_bare, addresses)):
            known = store.mails.mailed_until(address, agency)
            if known is None:
                store.mails.note_mailed([address], agency, before[0] if before else None)
            usual = known is None or known == ((before[0],) if before else (None,))
            by_since.setdefault(None if usual else known, []).append(address)
        for since, same in by_since.items():
            yield Addressees(agency=agency, since=since, addresses=tuple(same))


def _figures(store: Store, settings: Settings, group: Addressees, tonight: Figures) -> Figures:
    """Return the figures that a group is told: of its agency, with what is new since its last mail."""
    from soma_audit.audit.report import figures_of

    if group.agency is None and group.since is None:
        return tonight
    (since,) = group.since or (None,)
    figures = figures_of(
        store,
        settings,
        as_of=tonight.as_of,
        language=tonight.language,
        agency=group.agency,
        news_since=since,
    )
    return replace(figures, news=None) if group.since == (None,) else figures


def _bare(address: str) -> str:
    """Return an address without the name before it."""
    return parseaddr(address)[1]


def message_to(group: Addressees, figures: Figures, settings: Settings) -> EmailMessage | None:
    """Return the message to a group of people; None: nothing is new, and they want no mail then."""
    from soma_audit.report.figures.public import public
    from soma_audit.report.formats import html
    from soma_audit.report.letter import has_news, letter

    mail = settings.config.mail
    if not (mail.always or has_news(figures)):
        return None
    name = next((a.name for g in figures.groups for a in g.agencies if a.id == group.agency), None)
    written = letter(
        figures,
        texts=mail.texts,
        agency=name,
        link=mail.report_url if mail.report == "linked" else None,
        attached=mail.report == "attached",
    )
    message = EmailMessage()
    message["Subject"] = written.subject
    message["From"] = mail.sender
    message["To"] = ", ".join(group.addresses)
    message["Date"] = localtime()
    message["Message-ID"] = make_msgid(domain=_bare(mail.sender or "").rpartition("@")[2])
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no holiday notice is to answer it
    message["X-Auto-Response-Suppress"] = "All"  # the same in Exchange's words
    message.set_content(written.text)
    message.add_alternative(written.html, subtype="html")
    if mail.report == "attached":
        page = html.render(figures if mail.texts else public(figures))
        message.add_attachment(
            page.encode(), "text", "html", filename=f"report-{figures.as_of:%Y-%m-%d}.html"
        )
    return message
