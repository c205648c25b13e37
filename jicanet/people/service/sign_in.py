"""Signing in and out: one-time links, and the browsers' sessions that they open."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Connection

from jicanet.mail.model import Owed
from jicanet.mail.store import owe
from jicanet.people import store
from jicanet.people.domain.emails import fold_address, mask
from jicanet.people.domain.model import LinkState, SignInLink, User, WebSession, user_actor
from jicanet.people.domain.paths import HOME, safe_next
from jicanet.people.domain.tokens import ask_mark, hashed, link_token
from jicanet.people.render import sign_in_url, signing_key
from jicanet.people.service.changing import subject_of
from jicanet.people.service.users import shut_out, unknown_user
from jicanet.services import Services
from jicanet.storage.store import record_audit

log = structlog.get_logger(__name__)

_HOUR = timedelta(hours=1)
_NOBODY = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkView:
    """What may be told of a link to whoever holds it. `address` is masked, empty for an unknown link."""

    state: LinkState
    address: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """A browser that has just been let in. `token` goes into its cookie and nowhere else."""

    token: str
    user: User
    expires_at: datetime


async def new_sign_in_link(services: Services, email: str) -> str:
    """Return the address of a new one-time link, to be printed for whoever runs the program.

    Raises Invalid `bad_address` or `unknown_user`, Conflict `user_disabled`, Unavailable without a key.
    """
    address = fold_address(email)
    link_id, now = services.ids.uid(), services.clock.now()
    token = link_token(signing_key(services), link_id)

    def change(db: Connection) -> None:
        user = store.user_by_email(db, address)
        if user is None:
            raise unknown_user(address, "/email")
        if not user.is_enabled:
            raise shut_out(address)
        link = _new_link(services, link_id, user, now)
        store.add_link(db, link, token_hash=hashed(token), mailed=False)

    await services.database.write(change)
    return sign_in_url(services, token)


async def ask_for_link(services: Services, email: str, *, next_path: str = HOME) -> None:
    """Owe a mail with a one-time link, if the address is a user's who had not too many in the last hour.

    Nothing tells the asker which of these it was: neither an answer, nor a refusal, nor the time it
    takes, for every ask reads and writes. Raises Invalid `bad_address`, whoever asks.
    """
    address = fold_address(email)
    key, link_id, now = signing_key(services), services.ids.uid(), services.clock.now()
    token = link_token(key, link_id)
    most = services.settings.sign_in_links_per_hour
    payload = {"link": link_id, "next": safe_next(next_path)}

    def change(db: Connection) -> str:
        store.mark_ask(db, ask_mark(key, address), now=now)  # first: rivals for one address wait here
        user = store.user_by_email(db, address)
        mailed = store.mailed_links(db, user.id if user else _NOBODY, since=now - _HOUR)
        if user is None or not user.is_enabled:
            return "nobody"
        if mailed >= most:
            return "limit"
        store.add_link(db, _new_link(services, link_id, user, now), token_hash=hashed(token), mailed=True)
        # To the address as stored, not as typed: they fold alike, but only one is the user's.
        mail = Owed(identity=f"sign-in/{link_id}", kind="sign-in", recipient=user.email, payload=payload)
        owe(db, [mail], now=now)
        return "owed"

    log.info("sign-in link asked for", outcome=await services.database.write(change))


def _new_link(services: Services, link_id: str, user: User, now: datetime) -> SignInLink:
    until = now + timedelta(minutes=services.settings.sign_in_minutes)
    return SignInLink(id=link_id, user_id=user.id, created_at=now, expires_at=until)


async def look_at_link(services: Services, token: str) -> LinkView:
    """Return what a link is good for and whose it is. Looking never uses it: mail scanners look first."""
    now = services.clock.now()
    return await services.database.read(lambda db: _view(db, token, now))


def _view(db: Connection, token: str, now: datetime) -> LinkView:
    link = store.link_by_hash(db, hashed(token))
    user = None if link is None else store.user_by_id(db, link.user_id)
    if link is None or user is None:
        return LinkView(state=LinkState.UNKNOWN)
    return LinkView(state=link.state(now), address=mask(user.email))


async def use_link(services: Services, token: str, *, cookie: str | None = None) -> SignedIn | LinkView:
    """Use a link up and return the browser's new session, or what the link was instead of ready.

    Of any number of rivals with one link one is let in. `cookie` is what the browser held before: that
    session ends here, so that nobody else who knew it is let in along.
    """
    now, secret, csrf = services.clock.now(), services.ids.secret(), services.ids.secret()
    expires_at = now + timedelta(days=services.settings.session_days)

    def change(db: Connection) -> SignedIn | LinkView:
        link = store.link_by_hash(db, hashed(token))
        user = None if link is None else store.user_by_id(db, link.user_id)
        if link is None or user is None or not store.claim_link(db, link.id, now=now):
            return _view(db, token, now)
        if cookie:
            _end(db, cookie, now)
        session_id = store.add_session(
            db, user.id, token_hash=hashed(secret), csrf=csrf, now=now, expires_at=expires_at
        )
        detail = {"link": link.id, "session": session_id}
        record_audit(
            db, at=now, actor=user_actor(user), action="signed-in", subject=subject_of(user.id), detail=detail
        )
        return SignedIn(token=secret, user=user, expires_at=expires_at)

    return await services.database.write(change)


async def sign_out(services: Services, cookie: str) -> bool:
    """End the browser session of that cookie; say whether it was live."""
    now = services.clock.now()
    return await services.database.write(lambda db: _end(db, cookie, now))


def _end(db: Connection, cookie: str, now: datetime) -> bool:
    session = store.session_by_hash(db, hashed(cookie), now=now)
    if session is None or not store.end_session(db, session.id, now=now):
        return False
    record_audit(
        db,
        at=now,
        actor=user_actor(session.user),
        action="signed-out",
        subject=subject_of(session.user.id),
        detail={"session": session.id},
    )
    return True


async def web_session(services: Services, cookie: str) -> WebSession | None:
    """Return the signed-in browser of that cookie, None if it is unknown, over, ended or its user disabled."""
    now = services.clock.now()
    return await services.database.read(lambda db: store.session_by_hash(db, hashed(cookie), now=now))
