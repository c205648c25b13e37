"""SQL of people. Plain functions of a Connection; values in and out; never commit."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    Connection,
    Insert,
    RowMapping,
    Select,
    Text,
    and_,
    cast,
    delete,
    func,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from jicanet.core.actor import Role, Scope
from jicanet.people.domain.model import NewUser, ServiceToken, SignInLink, User, WebSession
from jicanet.people.tables import service_token, sign_in_ask, sign_in_link, user, web_session

_USER = tuple(column for column in user.c if column.name != "created_at")
_CAN_COORDINATE = and_(
    user.c.disabled_at.is_(None), cast(user.c.roles, Text).contains(f'"{Role.COORDINATOR}"')
)
_LINK = tuple(column for column in sign_in_link.c if column.name not in {"token_hash", "mailed"})


def _user(row: RowMapping) -> User:
    shown = {column.name: row[column] for column in _USER}
    roles = frozenset(Role(role) for role in shown["roles"])
    return User(**{**shown, "roles": roles, "stations": frozenset(shown["stations"])})


def add_user(db: Connection, new: NewUser, *, now: datetime) -> User:
    """Add a user and return it. The address must be free: of two rivals the second runs again."""
    values = {**asdict(new), "roles": sorted(new.roles), "stations": sorted(new.stations)}
    statement = insert(user).values(**values, created_at=now).returning(*_USER)
    return _user(db.execute(statement).mappings().one())


def user_by_email(db: Connection, email: str) -> User | None:
    """Return the user with that folded address, disabled or not, None if there is none."""
    return _one_user(db, select(*_USER).where(user.c.email == email))


def user_by_id(db: Connection, user_id: int) -> User | None:
    """Return a user by number, disabled or not, None if there is none."""
    return _one_user(db, select(*_USER).where(user.c.id == user_id))


def _one_user(db: Connection, query: Select[Any]) -> User | None:
    row = db.execute(query).mappings().one_or_none()
    return None if row is None else _user(row)


def users_by_ids(db: Connection, ids: Sequence[int]) -> dict[int, User]:
    """Return users by number, those that exist, in one statement."""
    if not ids:
        return {}
    found = [_user(row) for row in db.execute(select(*_USER).where(user.c.id.in_(ids))).mappings()]
    return {one.id: one for one in found}


def users(db: Connection, *, limit: int, after: str = "") -> list[User]:
    """Return up to `limit` users by address, those after the address `after`."""
    query = select(*_USER).where(user.c.email > after).order_by(user.c.email).limit(limit)
    return [_user(row) for row in db.execute(query).mappings()]


def lock_user(db: Connection, email: str) -> User | None:
    """Return the user with that folded address, locked to the end of the scope, None if there is none."""
    return _one_user(db, select(*_USER).where(user.c.email == email).with_for_update(key_share=True))


def lock_coordinators_and(db: Connection, email: str) -> list[User]:
    """Return every coordinator who can sign in, and the user with that address, locked in one order.

    Whoever may take the role from somebody comes by here: of two rivals the second sees what the first did.
    """
    query = select(*_USER).where(or_(user.c.email == email, _CAN_COORDINATE))
    # FOR NO KEY UPDATE: what refers to a user, such as a session booked meanwhile, need not wait.
    locked = query.order_by(user.c.id).with_for_update(key_share=True)
    return [_user(row) for row in db.execute(locked).mappings()]


def coordinators(db: Connection) -> list[User]:
    """Return every coordinator who can sign in, by number."""
    query = select(*_USER).where(_CAN_COORDINATE).order_by(user.c.id)
    return [_user(row) for row in db.execute(query).mappings()]


def change_user(db: Connection, after: User) -> None:
    """Store a user as it is now; lock it before."""
    values = {**asdict(after), "roles": sorted(after.roles), "stations": sorted(after.stations)}
    db.execute(update(user).where(user.c.id == values.pop("id")).values(**values))


def end_access(db: Connection, user_id: int, *, now: datetime) -> None:
    """End every way in that a user has: browsers, links that were not used, tokens."""
    browsers = (web_session.c.user_id == user_id, web_session.c.revoked_at.is_(None))
    db.execute(update(web_session).where(*browsers).values(revoked_at=now))
    links = (
        sign_in_link.c.user_id == user_id,
        sign_in_link.c.used_at.is_(None),
        sign_in_link.c.expires_at > now,
    )
    db.execute(update(sign_in_link).where(*links).values(expires_at=now))
    tokens = (service_token.c.user_id == user_id, service_token.c.revoked_at.is_(None))
    db.execute(update(service_token).where(*tokens).values(revoked_at=now))


def mark_ask(db: Connection, mark: str, *, now: datetime) -> None:
    """Note that a link was asked for; rivals for the same mark wait here until this scope ends."""
    values = {"mark": mark, "asked_at": now}
    made: postgresql.Insert | sqlite.Insert = (
        postgresql.insert(sign_in_ask) if db.dialect.name == "postgresql" else sqlite.insert(sign_in_ask)
    )
    changed = {"asked_at": now}
    statement: Insert = made.values(**values).on_conflict_do_update(index_elements=["mark"], set_=changed)
    db.execute(statement)


def mailed_links(db: Connection, user_id: int, *, since: datetime) -> int:
    """Return how many links were mailed to a user after `since`."""
    query = select(func.count()).where(
        sign_in_link.c.user_id == user_id, sign_in_link.c.created_at > since, sign_in_link.c.mailed
    )
    return db.execute(query).scalar_one()


def add_link(db: Connection, link: SignInLink, *, token_hash: str, mailed: bool) -> None:
    """Add an unused sign-in link."""
    db.execute(insert(sign_in_link).values(**asdict(link), token_hash=token_hash, mailed=mailed))


def link_with_hash(db: Connection, link_id: str) -> tuple[SignInLink, str] | None:
    """Return a link by its public name, with the hash of its token."""
    query = select(*_LINK, sign_in_link.c.token_hash).where(sign_in_link.c.id == link_id)
    row = db.execute(query).mappings().one_or_none()
    return None if row is None else (_link(row), row[sign_in_link.c.token_hash])


def link_by_hash(db: Connection, token_hash: str) -> SignInLink | None:
    """Return a link by the hash of its token, used or expired ones too; None for a disabled user's."""
    query = (
        select(*_LINK)
        .join(user, user.c.id == sign_in_link.c.user_id)
        .where(sign_in_link.c.token_hash == token_hash, user.c.disabled_at.is_(None))
    )
    row = db.execute(query).mappings().one_or_none()
    return None if row is None else _link(row)


def _link(row: RowMapping) -> SignInLink:
    return SignInLink(**{column.name: row[column] for column in _LINK})


def claim_link(db: Connection, link_id: str, *, now: datetime) -> bool:
    """Use a link up and say whether this was its one use: of any number of rivals one hears True."""
    unused = (
        sign_in_link.c.id == link_id,
        sign_in_link.c.used_at.is_(None),
        sign_in_link.c.expires_at > now,
    )
    return db.execute(update(sign_in_link).where(*unused).values(used_at=now)).rowcount == 1


def add_session(
    db: Connection, user_id: int, *, token_hash: str, csrf: str, now: datetime, expires_at: datetime
) -> int:
    """Add a signed-in browser and return its number."""
    values = {"token_hash": token_hash, "csrf": csrf, "created_at": now, "expires_at": expires_at}
    statement = insert(web_session).values(user_id=user_id, **values).returning(web_session.c.id)
    number: int = db.execute(statement).scalar_one()
    return number


def session_by_hash(db: Connection, token_hash: str, *, now: datetime) -> WebSession | None:
    """Return the browser session of that token if it is good and its user enabled, else None."""
    query = (
        select(web_session.c.id.label("session_id"), web_session.c.csrf, web_session.c.expires_at, *_USER)
        .join(user, user.c.id == web_session.c.user_id)
        .where(
            web_session.c.token_hash == token_hash,
            web_session.c.revoked_at.is_(None),
            web_session.c.expires_at > now,
            user.c.disabled_at.is_(None),
        )
    )
    row = db.execute(query).mappings().one_or_none()
    if row is None:
        return None
    return WebSession(id=row["session_id"], user=_user(row), csrf=row["csrf"], expires_at=row["expires_at"])


def end_session(db: Connection, session_id: int, *, now: datetime) -> bool:
    """End a browser session and say whether it was live."""
    live = (web_session.c.id == session_id, web_session.c.revoked_at.is_(None))
    return db.execute(update(web_session).where(*live).values(revoked_at=now)).rowcount == 1


def add_token(
    db: Connection, user_id: int, *, token_hash: str, name: str, scopes: frozenset[Scope], now: datetime
) -> int:
    """Add a service token and return its number."""
    values = {"token_hash": token_hash, "name": name, "scopes": sorted(scopes), "created_at": now}
    statement = insert(service_token).values(user_id=user_id, **values).returning(service_token.c.id)
    number: int = db.execute(statement).scalar_one()
    return number


_TOKEN_ID, _TOKEN_NAME = service_token.c.id.label("token_id"), service_token.c.name.label("token_name")
_TOKENS = select(
    _TOKEN_ID,
    _TOKEN_NAME,
    service_token.c.scopes,
    service_token.c.created_at,
    service_token.c.revoked_at,
    *_USER,
).join(user, user.c.id == service_token.c.user_id)


def _token(row: RowMapping) -> ServiceToken:
    return ServiceToken(
        id=row["token_id"],
        name=row["token_name"],
        user=_user(row),
        scopes=frozenset(Scope(scope) for scope in row["scopes"]),
        created_at=row[service_token.c.created_at],
        revoked_at=row["revoked_at"],
    )


def token_by_hash(db: Connection, token_hash: str) -> ServiceToken | None:
    """Return the token of that hash if it is not revoked and its user enabled, else None."""
    query = _TOKENS.where(
        service_token.c.token_hash == token_hash,
        service_token.c.revoked_at.is_(None),
        user.c.disabled_at.is_(None),
    )
    row = db.execute(query).mappings().one_or_none()
    return None if row is None else _token(row)


def token_by_id(db: Connection, token_id: int) -> ServiceToken | None:
    """Return a token by its number, revoked or not."""
    row = db.execute(_TOKENS.where(service_token.c.id == token_id)).mappings().one_or_none()
    return None if row is None else _token(row)


def tokens_of(db: Connection, user_id: int, *, limit: int = 200) -> list[ServiceToken]:
    """Return a user's tokens, newest first, revoked ones too."""
    query = _TOKENS.where(service_token.c.user_id == user_id).order_by(service_token.c.id.desc())
    return [_token(row) for row in db.execute(query.limit(limit)).mappings()]


def revoke_token(db: Connection, token_id: int, *, now: datetime) -> bool:
    """Revoke a token and say whether it was good until now."""
    live = (service_token.c.id == token_id, service_token.c.revoked_at.is_(None))
    return db.execute(update(service_token).where(*live).values(revoked_at=now)).rowcount == 1


def forget_expired(db: Connection, *, now: datetime, kept_days: int) -> int:
    """Drop what is good for nothing any more and return how many rows that were.

    Links and sessions stay `kept_days` after their end, so that a page can say what became of a link;
    marks of those who asked for one go after an hour.
    """
    long_ago = now - timedelta(days=kept_days)
    over = (
        delete(sign_in_ask).where(sign_in_ask.c.asked_at < now - timedelta(hours=1)),
        delete(sign_in_link).where(sign_in_link.c.expires_at < long_ago),
        delete(web_session).where(
            or_(web_session.c.expires_at < long_ago, web_session.c.revoked_at < long_ago)
        ),
    )
    return sum(db.execute(statement).rowcount for statement in over)
