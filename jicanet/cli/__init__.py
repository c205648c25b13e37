"""The commands of `jicanet`."""

import typer

from jicanet.cli import acts, demo, mail, network, people, run, sessions

app = typer.Typer(
    help="Book videoconference sessions across a network of stations, invite them, publish calendars.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command()(run.init)
app.command()(run.serve)
app.command()(run.worker)
app.command()(demo.demo)
app.command()(run.openapi)
app.command()(sessions.book)
app.add_typer(sessions.group, name="sessions")
acts.join(sessions.group)
app.add_typer(mail.group, name="mail")
app.add_typer(network.stations_group, name="stations")
app.add_typer(network.catalog_group, name="catalog")
app.add_typer(people.users_group, name="users")
app.add_typer(people.token_group, name="token")


def main() -> None:
    """Run the command line."""
    app()
