"""Commands about people: users and service tokens."""

from typing import Any

import typer

from jicanet.cli.common import AS_JSON, AS_USER, emit, run, table
from jicanet.core.actor import Actor, Role, Scope
from jicanet.people import service as people
from jicanet.people.domain.model import NewUser, ServiceToken, User
from jicanet.services import Services
from jicanet.stations import service as stations

users_group = typer.Typer(help="People who sign in.", no_args_is_help=True)
token_group = typer.Typer(help="Tokens for programs.", no_args_is_help=True)


def _user(user: User) -> dict[str, Any]:
    return {
        "email": user.email,
        "name": user.name,
        "language": user.language,
        "zone": user.zone,
        "telephone": user.telephone,
        "roles": sorted(user.roles),
        "stations": sorted(user.stations),
        "enabled": user.is_enabled,
    }


@users_group.command("add")
def add_user(
    address: str = typer.Argument(metavar="EMAIL"),
    name: str = typer.Option(..., "--name", help="The name that mails and pages show."),
    roles: list[Role] = typer.Option([], "--role", help="May be given several times."),
    language: str = typer.Option("en", "--language", help="en or ja."),
    zone: str = typer.Option("Asia/Tokyo", "--zone", help="Zone of the user's clock."),
    telephone: str | None = typer.Option(None, "--telephone"),
    station: list[str] = typer.Option([], "--station", help="A station assigned to the user."),
    *,
    as_json: bool = AS_JSON,
    email: str | None = AS_USER,
) -> None:
    """Add a user, who then signs in by a link sent to the address."""
    new = NewUser(
        email=address,
        name=name,
        language=language,
        zone=zone,
        telephone=telephone,
        roles=frozenset(roles),
        stations=frozenset(station),
    )

    async def work(services: Services, actor: Actor) -> User:
        for code in station:
            # People know nothing of the network: without this a misspelt code would grant nothing, silently.
            await stations.show_station(services, actor, code)
        return await people.add_user(services, actor, new)

    user = run(work, email=email, as_json=as_json)
    if as_json:
        emit(_user(user))
    else:
        typer.echo(f"Added {user.email}.")


@users_group.command("list")
def list_users(*, as_json: bool = AS_JSON, email: str | None = AS_USER) -> None:
    """List the users."""

    async def work(services: Services, actor: Actor) -> list[User]:
        found = await people.users(services, actor)
        page = found
        while page:
            page = await people.users(services, actor, after=page[-1].email)
            found = [*found, *page]
        return found

    found = [_user(user) for user in run(work, email=email, as_json=as_json)]
    if as_json:
        emit({"items": found})
        return
    rows = [
        (user["email"], user["name"], ", ".join(user["roles"]), "" if user["enabled"] else "disabled")
        for user in found
    ]
    table(("email", "name", "roles", ""), rows)


@users_group.command("disable")
def disable_user(
    address: str = typer.Argument(metavar="EMAIL"), *, as_json: bool = AS_JSON, email: str | None = AS_USER
) -> None:
    """Shut a user out at once: sign-ins, links and tokens."""

    async def work(services: Services, actor: Actor) -> bool:
        return await people.disable_user(services, actor, address)

    changed = run(work, email=email, as_json=as_json)
    if as_json:
        emit({"email": address, "changed": changed})
    else:
        typer.echo(f"{address} is disabled." if changed else f"{address} was disabled already.")


@token_group.command("create")
def create_token(
    user: str = typer.Option(..., "--user", metavar="EMAIL", help="In whose name the token acts."),
    scopes: list[Scope] = typer.Option(..., "--scope", help="May be given several times."),
    name: str = typer.Option("token", "--name", help="What the token is for."),
    *,
    as_json: bool = AS_JSON,
    email: str | None = AS_USER,
) -> None:
    """Make a token for the API. It is shown this once; only its hash is kept."""

    async def work(services: Services, actor: Actor) -> str:
        return await people.create_token(services, actor, email=user, scopes=scopes, name=name)

    token = run(work, email=email, as_json=as_json)
    if as_json:
        emit({"token": token})
    else:
        typer.echo(token)


@token_group.command("list")
def list_tokens(
    user: str = typer.Option(..., "--user", metavar="EMAIL"),
    *,
    as_json: bool = AS_JSON,
    email: str | None = AS_USER,
) -> None:
    """List the tokens of a user: number, name, scopes, whether revoked. The secrets are known to nobody."""

    async def work(services: Services, actor: Actor) -> list[ServiceToken]:
        return await people.tokens(services, actor, user)

    found: list[dict[str, Any]] = [
        {
            "id": token.id,
            "name": token.name,
            "scopes": sorted(token.scopes),
            "created_at": token.created_at.isoformat(),
            "revoked": token.revoked_at is not None,
        }
        for token in run(work, email=email, as_json=as_json)
    ]
    if as_json:
        emit({"items": found})
        return
    rows = [
        (each["id"], each["name"], ", ".join(each["scopes"]), "revoked" if each["revoked"] else "")
        for each in found
    ]
    table(("number", "name", "scopes", ""), rows)


@token_group.command("revoke")
def revoke_token(
    number: int = typer.Argument(help="Its number in `jicanet token list`."),
    *,
    as_json: bool = AS_JSON,
    email: str | None = AS_USER,
) -> None:
    """Revoke a token from this moment on."""

    async def work(services: Services, actor: Actor) -> bool:
        return await people.revoke_token(services, actor, number)

    changed = run(work, email=email, as_json=as_json)
    if as_json:
        emit({"id": number, "changed": changed})
    else:
        typer.echo(f"Token {number} is revoked." if changed else f"Token {number} was revoked already.")
