"""Service tokens: programs' ways in, shown once and kept as hashes."""

from collections.abc import Iterable

from sqlalchemy import Connection

from jicanet.core.actor import Action, Actor
from jicanet.core.errors import NotFound
from jicanet.core.text import message
from jicanet.people import store
from jicanet.people.domain.emails import fold_address
from jicanet.people.domain.model import ServiceToken, token_actor
from jicanet.people.domain.tokens import TOKEN_PREFIX, hashed, parse_scopes, token_name
from jicanet.people.service.users import unknown_user
from jicanet.services import Services
from jicanet.storage.store import record_audit
from jicanet.web.guard import require


def _subject(token_id: int) -> str:
    return f"token/{token_id}"


async def create_token(
    services: Services, actor: Actor, *, email: str, scopes: Iterable[str], name: str
) -> str:
    """Return a new token (`jnt_` and a secret) for the user with that address; it is never shown again.

    Raises Forbidden or SignInNeeded, and Invalid: `unknown_scope`, `no_scope`, `bad_name`,
    `bad_address`, `unknown_user` (who may be disabled).
    """
    require(services, actor, Action.MANAGE_USERS)
    held, called, address = parse_scopes(scopes), token_name(name), fold_address(email)
    now, token = services.clock.now(), TOKEN_PREFIX + services.ids.secret()

    def change(db: Connection) -> None:
        user = store.user_by_email(db, address)
        if user is None or not user.is_enabled:
            raise unknown_user(address, "/email")
        token_id = store.add_token(db, user.id, token_hash=hashed(token), name=called, scopes=held, now=now)
        detail = {"user": user.email, "name": called, "scopes": sorted(held)}
        record_audit(
            db, at=now, actor=actor, action="token-created", subject=_subject(token_id), detail=detail
        )

    await services.database.write(change)
    return token


async def revoke_token(services: Services, actor: Actor, token_id: int) -> bool:
    """Revoke a token from this moment on; say whether it was good until now.

    Raises Forbidden or SignInNeeded, and NotFound `unknown_token`.
    """
    require(services, actor, Action.MANAGE_USERS)
    now = services.clock.now()

    def change(db: Connection) -> bool:
        token = store.token_by_id(db, token_id)
        if token is None:
            raise NotFound("unknown_token", message("There is no token %(id)s.", id=token_id))
        done = store.revoke_token(db, token_id, now=now)
        if done:
            detail = {"user": token.user.email, "name": token.name}
            record_audit(
                db, at=now, actor=actor, action="token-revoked", subject=_subject(token_id), detail=detail
            )
        return done

    return await services.database.write(change)


async def tokens(services: Services, actor: Actor, email: str) -> list[ServiceToken]:
    """Return a user's tokens, newest first, revoked ones too; of each only what may be shown.

    Raises Forbidden or SignInNeeded, and Invalid `bad_address` or `unknown_user`.
    """
    require(services, actor, Action.MANAGE_USERS)
    address = fold_address(email)

    def query(db: Connection) -> list[ServiceToken]:
        user = store.user_by_email(db, address)
        if user is None:
            raise unknown_user(address, "/email")
        return store.tokens_of(db, user.id)

    return await services.database.read(query)


async def bearer(services: Services, token: str) -> Actor | None:
    """Return the actor a token stands for, None if it is unknown, revoked or its user disabled."""
    if not token.startswith(TOKEN_PREFIX):
        return None
    found = await services.database.read(lambda db: store.token_by_hash(db, hashed(token)))
    return None if found is None else token_actor(found)
