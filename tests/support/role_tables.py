"""Who gets in where, written by hand: by asker and owner 401, 403, 404 for what is hidden, or in."""

from collections.abc import Mapping

from tests.support.roles import ASKERS

Table = Mapping[str, Mapping[str, str]]  # by asker and owner: 401, 403, 404, or in


def read(text: str) -> Table:
    """Return a table as it is written: owners above, askers at the left, `""` for what nobody owns."""
    head, *rows = [line.split() for line in text.strip().splitlines()]
    owners = head[1:] or [""]
    return {row[0]: dict(zip(owners, row[1:], strict=True)) for row in rows}


ANYBODY: Table = {asker: {"": "in"} for asker in ASKERS}
# No owner: what counts is who asks.
STATIONS = read("""
asker
stranger        in
no-role         in
coordinator     in
centre          in
operator        in
lecturer        in
curator         in
token-all       in
token-read      403
token-write     403
token-stations  in
token-library   403
token-feeds     403
centre-write    403
operator-all    in
curator-all     in
""")
LIBRARY = read("""
asker
stranger        in
no-role         in
coordinator     in
centre          in
operator        in
lecturer        in
curator         in
token-all       in
token-read      403
token-write     403
token-stations  403
token-library   in
token-feeds     403
centre-write    403
operator-all    in
curator-all     in
""")
LISTS = read("""
asker
stranger        in
no-role         in
coordinator     in
centre          in
operator        in
lecturer        in
curator         in
token-all       in
token-read      in
token-write     in
token-stations  403
token-library   403
token-feeds     403
centre-write    in
operator-all    in
curator-all     in
""")
# Users and mails of development: a coordinator who is signed in.
COORDINATORS = read("""
asker
stranger        401
no-role         403
coordinator     in
centre          403
operator        403
lecturer        403
curator         403
token-all       403
token-read      403
token-write     403
token-stations  403
token-library   403
token-feeds     403
centre-write    403
operator-all    403
curator-all     403
""")
ACCOUNT = read("""
asker
stranger        401
no-role         in
coordinator     in
centre          in
operator        in
lecturer        in
curator         in
token-all       403
token-read      403
token-write     403
token-stations  403
token-library   403
token-feeds     403
centre-write    403
operator-all    403
curator-all     403
""")
# Feeds: of a station of one's own, of another.
FEEDS = read("""
asker           mine  another
stranger        401   401
no-role         403   403
coordinator     in    in
centre          in    403
operator        in    403
lecturer        403   403
curator         403   403
token-all       in    in
token-read      403   403
token-write     403   403
token-stations  403   403
token-library   403   403
token-feeds     in    in
centre-write    403   403
operator-all    in    403
curator-all     403   403
""")
FEED_LIST = read("""
asker
stranger        401
no-role         403
coordinator     in
centre          in
operator        in
lecturer        403
curator         403
token-all       in
token-read      403
token-write     403
token-stations  403
token-library   403
token-feeds     in
centre-write    403
operator-all    in
curator-all     403
""")
# Sessions. Seen by participants: of others, with my seat, hosted by mine, with a role of mine, asked for by me
# and still so, asked for by me and approved, asked for by another (hidden-wish, wish-at-host).
# Of others and shown to whoever is signed in: network. To everybody: public; wish is that too, but never confirmed.
SEE = read("""
asker           others network public seat host role request approved wish hidden-wish wish-at-host
stranger        404    404     in     404  404  404  404     404      404  404         404
no-role         404    in      in     404  404  in   in      in       in   404         404
coordinator     in     in      in     in   in   in   in      in       in   in          in
centre          404    in      in     in   in   in   in      in       in   404         in
operator        404    in      in     in   in   in   in      in       in   404         in
lecturer        404    in      in     404  404  in   in      in       in   404         404
curator         404    in      in     404  404  in   in      in       in   404         404
token-all       in     in      in     in   in   in   in      in       in   in          in
token-read      in     in      in     in   in   in   in      in       in   in          in
token-write     in     in      in     in   in   in   in      in       in   in          in
token-stations  403    403     403    403  403  403  403     403      403  403         403
token-library   403    403     403    403  403  403  403     403      403  403         403
token-feeds     403    403     403    403  403  403  403     403      403  403         403
centre-write    404    in      in     in   in   in   in      in       in   404         in
operator-all    404    in      in     in   in   in   in      in       in   404         in
curator-all     404    in      in     404  404  in   in      in       in   404         404
""")
# Change, cancel: the host's people, and whoever asked while it is asked for.
CHANGE = read("""
asker           others network public seat host role request approved wish hidden-wish wish-at-host
stranger        401    401     401    401  401  401  401     401      401  401         401
no-role         403    403     403    403  403  403  403     403      403  403         403
coordinator     in     in      in     in   in   in   in      in       in   in          in
centre          404    403     403    403  in   403  in      403      403  404         in
operator        404    403     403    403  403  403  in      403      403  404         403
lecturer        404    403     403    404  404  403  in      403      403  404         404
curator         403    403     403    403  403  403  403     403      403  403         403
token-all       in     in      in     in   in   in   in      in       in   in          in
token-read      403    403     403    403  403  403  403     403      403  403         403
token-write     in     in      in     in   in   in   in      in       in   in          in
token-stations  403    403     403    403  403  403  403     403      403  403         403
token-library   403    403     403    403  403  403  403     403      403  403         403
token-feeds     403    403     403    403  403  403  403     403      403  403         403
centre-write    404    403     403    403  in   403  in      403      403  404         in
operator-all    404    403     403    403  403  403  in      403      403  404         403
curator-all     403    403     403    403  403  403  403     403      403  403         403
""")
# The page on which a station is added lists them all, which takes a scope of its own.
ADD: Table = {
    asker: {owner: "403" if asker in {"token-write", "centre-write"} and found == "in" else found
            for owner, found in row.items()}
    for asker, row in CHANGE.items()
}  # fmt: skip
MANAGE = read("""
asker           others network public seat host role request approved wish hidden-wish wish-at-host
stranger        401    401     401    401  401  401  401     401      401  401         401
no-role         403    403     403    403  403  403  403     403      403  403         403
coordinator     in     in      in     in   in   in   in      in       in   in          in
centre          404    403     403    403  in   403  403     403      403  404         in
operator        403    403     403    403  403  403  403     403      403  403         403
lecturer        403    403     403    403  403  403  403     403      403  403         403
curator         403    403     403    403  403  403  403     403      403  403         403
token-all       in     in      in     in   in   in   in      in       in   in          in
token-read      403    403     403    403  403  403  403     403      403  403         403
token-write     in     in      in     in   in   in   in      in       in   in          in
token-stations  403    403     403    403  403  403  403     403      403  403         403
token-library   403    403     403    403  403  403  403     403      403  403         403
token-feeds     403    403     403    403  403  403  403     403      403  403         403
centre-write    404    403     403    403  in   403  403     403      403  404         in
operator-all    403    403     403    403  403  403  403     403      403  403         403
curator-all     403    403     403    403  403  403  403     403      403  403         403
""")
# Answer: my station's; another's beside mine, and its host's; mine as host, and another's where mine is the host; of
# sessions of others.
ANSWER = read("""
asker           mine beside host-beside mine-as-host beside-my-host others network
stranger        401  401    401         401          401            401    401
no-role         403  403    403         403          403            403    403
coordinator     in   in     in          in           in             in     in
centre          in   403    403         in           in             404    403
operator        in   403    403         in           403            404    403
lecturer        403  403    403         403          403            403    403
curator         403  403    403         403          403            403    403
token-all       in   in     in          in           in             in     in
token-read      403  403    403         403          403            403    403
token-write     in   in     in          in           in             in     in
token-stations  403  403    403         403          403            403    403
token-library   403  403    403         403          403            403    403
token-feeds     403  403    403         403          403            403    403
centre-write    in   403    403         in           in             404    403
operator-all    in   403    403         in           403            404    403
curator-all     403  403    403         403          403            403    403
""")
# Make one: ask for it, book or hold it, or leave that open; at one's own host, at another.
MAKE = read("""
asker           ask-mine ask-another book-mine book-another hold-mine hold-another open-mine open-another
stranger        401      401         401       401          401       401          401       401
no-role         403      403         403       403          403       403          403       403
coordinator     in       in          in        in           in        in           in        in
centre          in       in          in        403          in        403          in        in
operator        in       in          403       403          403       403          in        in
lecturer        in       in          403       403          403       403          in        in
curator         403      403         403       403          403       403          403       403
token-all       in       in          in        in           in        in           in        in
token-read      403      403         403       403          403       403          403       403
token-write     in       in          in        in           in        in           in        in
token-stations  403      403         403       403          403       403          403       403
token-library   403      403         403       403          403       403          403       403
token-feeds     403      403         403       403          403       403          403       403
centre-write    in       in          in        403          in        403          in        in
operator-all    in       in          403       403          403       403          in        in
curator-all     403      403         403       403          403       403          403       403
""")
# A form has no button that leaves it open.
MAKE_BY_FORM: Table = {
    asker: {owner: found for owner, found in row.items() if not owner.startswith("open-")}
    for asker, row in MAKE.items()
}
ASKING = read("""
asker
stranger        401
no-role         403
coordinator     in
centre          in
operator        in
lecturer        in
curator         403
token-all       in
token-read      403
token-write     in
token-stations  403
token-library   403
token-feeds     403
centre-write    in
operator-all    in
curator-all     403
""")
