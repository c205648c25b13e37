"""The options that describe a session: the same ones book it and change it."""

from typing import Annotated

import typer

from jicanet.scheduler.domain.words import Scheme, SessionKind, Visibility

_SEVERAL = "May be given several times."

Stations = Annotated[str | None, typer.Option("--stations", metavar="CODE,CODE", help="The other stations.")]
Station = Annotated[
    list[str] | None,
    typer.Option(
        "--station",
        metavar="CODE[:ROLE][:NEED]",
        help="One more station with its part: sending or receiving, required or optional, as in "
        "VNM-HAN:sending:required. Unless said: receiving, optional; the host sends and is required. "
        f"Name the host here to give it another role. {_SEVERAL}",
    ),
]
Fold = Annotated[int | None, typer.Option("--fold", help="0 or 1: which one of a time that happens twice.")]
SetupMinutes = Annotated[int | None, typer.Option("--setup-minutes")]
TeardownMinutes = Annotated[int | None, typer.Option("--teardown-minutes")]
HoldUntil = Annotated[
    str | None,
    typer.Option(
        "--hold-until",
        metavar="2026-12-05T03:00:00Z",
        help="When a hold ends, with offset; unless said, after 72 hours or at the start.",
    ),
]
Kind = Annotated[SessionKind | None, typer.Option("--kind")]
Seen = Annotated[Visibility | None, typer.Option("--visibility")]
Purpose = Annotated[str | None, typer.Option("--purpose")]
Department = Annotated[str | None, typer.Option("--department")]
Coordinator = Annotated[str | None, typer.Option("--coordinator", metavar="EMAIL")]
Language = Annotated[
    list[str] | None,
    typer.Option("--language", metavar="TAG", help=f"Spoken in it: en, ja, pt-BR. {_SEVERAL}"),
]
Interpretation = Annotated[
    str | None, typer.Option("--interpretation", metavar="TEXT", help="What is interpreted, such as ja-en.")
]
Recording = Annotated[
    bool | None, typer.Option("--recording/--no-recording", help="Recorded: takes one port more.")
]
Quorum = Annotated[int | None, typer.Option("--quorum", help="Least number of sites, the host among them.")]
Person = Annotated[
    list[str] | None,
    typer.Option(
        "--person",
        metavar="ROLE:EMAIL:NAME[;...]",
        help="A person who is invited too: moderator, lecturer, interpreter, local-facilitator or operator, "
        "as in 'lecturer:sato@example.org:Dr Sato'. After a semicolon zone=Africa/Nairobi and language=en "
        f"may follow. {_SEVERAL}",
    ),
]
Guest = Annotated[
    list[str] | None,
    typer.Option(
        "--guest",
        metavar="EMAIL:ORGANISATION:CITY:ZONE[;...]",
        help="A place outside the network, as in 'it@moh.example:Ministry of Health:Nairobi:Africa/Nairobi'. "
        "After semicolons contact=, telephone=, language=, role=, and required or optional may follow. "
        f"{_SEVERAL}",
    ),
]
ProgrammeScheme = Annotated[Scheme | None, typer.Option("--scheme", help="The programme's scheme.")]
Country = Annotated[
    list[str] | None, typer.Option("--country", metavar="XX", help=f"A country of the programme. {_SEVERAL}")
]
Agency = Annotated[str | None, typer.Option("--agency", help="Whose programme it is.")]
Stage = Annotated[int | None, typer.Option("--stage", help="Stage of the project cycle, 1 to 6.")]
Materials = Annotated[
    str, typer.Option("--materials", metavar="CODE,CODE", help="To be watched before the day.")
]
Material = Annotated[
    list[str] | None,
    typer.Option(
        "--material",
        metavar="CODE[:KIND[:START-END]]",
        help="One more material with what it is for (pre-viewing, shown, handout, slides, recording, minutes, "
        "follow-up) and, if shown, from which minute of the session to which, as in JN-M001:shown:5-35. "
        f"{_SEVERAL}",
    ),
]
JoinUrl = Annotated[str | None, typer.Option("--join-url")]
JoinSip = Annotated[str | None, typer.Option("--join-sip")]
JoinH323 = Annotated[str | None, typer.Option("--join-h323")]
JoinPin = Annotated[str | None, typer.Option("--join-pin")]
Check = Annotated[bool, typer.Option("--check", help="Judge it the same, and store nothing.")]
Key = Annotated[
    str | None,
    typer.Option("--key", help="Any text of yours: the same sent again with it changes nothing more."),
]
Revision = Annotated[
    int | None,
    typer.Option("--revision", min=0, help="Only if the session is still at this revision."),
]
