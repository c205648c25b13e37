"""Commands about people: users and service tokens."""

from typing import Any

import typer

from jicanet.cli.common import AS_JSON, AS_USER, emit, run, table
from jicanet.core.actor import Actor, Role, Scope
from jicanet.people import service as people
from jicanet.people.api import user_out
from jicanet.people.domain.model import NewUser, ServiceToken, User
from jicanet.people.domain.users import UserChange
from jicanet.services import Services
from jicanet.stations.store import stations_by_code

users_group = typer.Typer(help="People who sign in.", no_args_is_help=True)
token_group = typer.Typer(help="Tokens for programs.", no_args_is_help=True)


def _user(user: User) -> dict[str, Any]:
    return {**user_out(user).model_dump(mode="json"), "enabled": user.is_enabled}


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
        return await people.add_user(services, actor, new, known_stations=stations_by_code)

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
        (
            user["email"],
            user["name"],
            ", ".join(user["roles"]),
            ", ".join(user["stations"]),
            "" if user["enabled"] else "disabled",
        )
        for user in found
    ]
    table(("email", "name", "roles", "stations", ""), rows)


@users_group.command("change")
def change_user(
    address: str = typer.Argument(metavar="EMAIL"),
    name: str | None = typer.Option(None, "--name", help="The name that mails and pages show."),
    roles: list[Role] = typer.Option([], "--role", help="Replaces the roles. May be given several times."),
    language: str | None = typer.Option(None, "--language", help="en or ja."),
    zone: str | None = typer.Option(None, "--zone", help="Zone of the user's clock."),
    telephone: str | None = typer.Option(None, "--telephone", help="An empty one takes it away."),
    station: list[str] = typer.Option(
        [], "--station", help="Replaces the stations. May be given several times."
    ),
    *,
    no_roles: bool = typer.Option(False, "--no-roles", help="Take every role away."),
    no_stations: bool = typer.Option(False, "--no-stations", help="Take every station away."),
    enable: bool = typer.Option(False, "--enable", help="Let somebody who was shut out sign in again."),
    as_json: bool = AS_JSON,
    email: str | None = AS_USER,
) -> None:
    """Change a user. What is not named stays as it is."""
    if (roles and no_roles) or (station and no_stations):
        raise typer.BadParameter("--no-roles and --no-stations do not go with --role and --station")
    change = UserChange(
        name=name,
        language=language,
        zone=zone,
        telephone=telephone,
        roles=frozenset(roles) if roles or no_roles else None,
        stations=frozenset(station) if station or no_stations else None,
        disabled=False if enable else None,
    )

    async def work(services: Services, actor: Actor) -> people.ChangedUser:
        return await people.change_user(services, actor, address, change, known_stations=stations_by_code)

    done = run(work, email=email, as_json=as_json)
    if as_json:
        emit({**_user(done.user), "changed": done.is_changed})
    else:
        typer.echo(f"Changed {done.user.email}." if done.is_changed else f"{done.user.email} is like that.")


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
