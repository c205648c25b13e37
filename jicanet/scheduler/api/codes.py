"""The codes with which a booking or a change is refused: what the document of the API lists."""

_TEXTS = ("text_empty", "text_too_long", "text_not_one_line", "text_has_control_characters")
LINKS = (
    "unknown_material",
    "doubled_material",
    "too_many_materials",
    "only_for_shown",
    "outside_session",
    "end_before_start",
)
TIMES = ("time_does_not_exist", "time_is_ambiguous", "unknown_zone")
REFUSED = (
    "409 station_busy",
    "409 bridge_full",
    *_TEXTS,
    *LINKS,
    *TIMES,
    "start_in_past",
    "start_too_soon",
    "start_beyond_horizon",
    "minutes_out_of_range",
    "setup_minutes_out_of_range",
    "teardown_minutes_out_of_range",
    "host_missing",
    "unknown_station",
    "doubled_station",
    "too_many_stations",
    "unknown_user",
    "bad_address",
    "unknown_bridge",
    "hold_until_out_of_range",
    "only_for_holds",
    "quorum_out_of_range",
    "doubled_guest_site",
    "doubled_person",
    "too_many_listed",
)
