"""Every setting with its name, default, bounds and help; docs/settings.md is made from this."""

import os
import secrets
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

ROOT = Path(__file__).resolve().parents[2]
CONFIG = ROOT / "config"

Minutes = Annotated[int, Field(ge=0, le=60 * 24 * 7)]


class Mode(StrEnum):
    """What the program is run for."""

    DEVELOPMENT = "development"
    PRODUCTION = "production"


class Settings(BaseSettings):
    """All that an operator may decide. Frozen, loaded once, passed down.

    A policy number says "our choice" in its help: nobody outside told us, and it may be changed.
    """

    model_config = SettingsConfigDict(
        env_prefix="JICANET_", toml_file=CONFIG / "jicanet.toml", frozen=True, extra="forbid"
    )

    mode: Mode = Field(
        default=Mode.PRODUCTION,
        description="development writes mail to files and prints a sign-in link; production refuses to start without SMTP and secret_key.",
    )
    data: Path = Field(
        default=Path("var"), description="Folder of everything the program writes: database, mail, secret."
    )
    database_url: str | None = Field(
        default=None,
        description="sqlite:///FILE or postgresql://USER@HOST/NAME; default is jicanet.db in the data folder.",
    )
    host: str = Field(default="127.0.0.1", description="Address to listen on; also HOST.")
    port: int = Field(
        default=8080, ge=0, le=65535, description="Port to listen on, 0 for any free one; also PORT."
    )
    base_url: str | None = Field(
        default=None,
        description="Address under which people reach the service; every absolute link is made from it. Default: http://HOST:PORT.",
    )
    secret_key: SecretStr | None = Field(
        default=None,
        description="Key of signed addresses; made once and kept in the data folder in development.",
    )
    worker: bool = Field(default=True, description="Run the background worker inside serve.")
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="Least severe log line that is written."
    )
    log_format: Literal["json", "text"] = Field(default="json", description="Form of log lines.")

    smtp_host: str | None = Field(
        default=None, description="Mail server; without it mail is written to files, in development only."
    )
    smtp_port: int = Field(default=25, ge=1, le=65535, description="Port of the mail server.")
    smtp_user: str | None = Field(
        default=None, description="User name at the mail server, if it asks for one."
    )
    smtp_password: SecretStr | None = Field(default=None, description="Password at the mail server.")
    smtp_tls: Literal["none", "starttls", "tls"] = Field(
        default="none", description="How the mail server is reached."
    )
    smtp_timeout_seconds: float = Field(
        default=30.0, gt=0, le=600, description="Longest wait for an answer of the mail server; our choice."
    )
    mail_domain: str = Field(
        default="jicanet.invalid",
        description="Domain of the addresses that invitations come from: sessions+TOKEN@DOMAIN.",
    )
    mail_name: str = Field(default="JICA-Net", description="Name in the From line.")

    bridge_ports: int = Field(
        default=96,
        ge=1,
        le=100_000,
        description="Ports of the default bridge when it is first imported; our choice.",
    )
    setup_minutes: int = Field(
        default=0, ge=0, le=240, description="Set-up before a session unless it says otherwise; our choice."
    )
    teardown_minutes: int = Field(
        default=0, ge=0, le=240, description="Teardown after a session unless it says otherwise; our choice."
    )
    visibility: Literal["public", "network", "participants"] = Field(
        default="network", description="Who sees a session unless it says otherwise; our choice."
    )
    lead_minutes: Minutes = Field(
        default=0, description="Least minutes between booking and start; our choice."
    )
    horizon_days: int = Field(
        default=400, ge=1, le=3660, description="How many days ahead a session may start; our choice."
    )
    longest_session_minutes: int = Field(
        default=720, ge=5, le=1440, description="Longest session; our choice."
    )
    most_stations: int = Field(
        default=100, ge=2, le=10_000, description="Most stations in one session; our choice."
    )
    most_people: int = Field(
        default=50,
        ge=1,
        le=1000,
        description="Most people, and most guest sites, in one session; our choice.",
    )
    hold_hours: int = Field(
        default=72, ge=1, le=8760, description="How long a hold lasts at most; our choice."
    )
    shoulder_minutes: int = Field(
        default=120, ge=0, le=600, description="Minutes around opening hours drawn as shoulder; our choice."
    )

    sign_in_minutes: int = Field(
        default=15, ge=1, le=1440, description="Life of a one-time sign-in link; our choice."
    )
    sign_in_links_per_hour: int = Field(
        default=5, ge=1, le=1000, description="Sign-in links sent to one address in an hour; our choice."
    )
    sign_in_kept_days: int = Field(
        default=30,
        ge=1,
        le=3660,
        description="Days that ended sign-ins and spent links are kept; our choice.",
    )
    session_days: int = Field(default=14, ge=1, le=365, description="Days a sign-in lasts; our choice.")
    idempotency_days: int = Field(
        default=7, ge=1, le=90, description="Days an Idempotency-Key is remembered; our choice."
    )

    mail_retry_first_seconds: int = Field(
        default=60,
        ge=1,
        le=86_400,
        description="Wait before a mail is tried again, doubled each time; our choice.",
    )
    mail_retry_most_seconds: int = Field(
        default=3600, ge=1, le=86_400, description="Longest wait between two tries; our choice."
    )
    mail_retry_days: int = Field(
        default=5,
        ge=1,
        le=30,
        description="Days after which a mail that found no taker has failed; our choice.",
    )
    lease_seconds: int = Field(
        default=60,
        ge=5,
        le=3600,
        description="How long a worker owns a row before another may take it; our choice.",
    )
    worker_tick_seconds: float = Field(
        default=2.0, gt=0, le=3600, description="How often the worker looks for work; our choice."
    )

    inbound_seconds: float = Field(
        default=1.0,
        ge=0.1,
        le=60,
        description="Longest reading of one mail that came in, on the clock and of the processor; our choice.",
    )
    inbound_start_seconds: float = Field(
        default=20.0,
        ge=1,
        le=600,
        description="Longest start of the process that reads a mail, before the reading itself is timed; our choice.",
    )
    inbound_memory_bytes: int = Field(
        default=268_435_456,
        ge=134_217_728,
        le=4_294_967_296,
        description="Most address space of the process that reads a mail; our choice.",
    )
    inbound_message_bytes: int = Field(
        default=1_048_576,
        ge=65_536,
        le=33_554_432,
        description="Largest mail that is read; of a larger one only the beginning is kept; our choice.",
    )
    inbound_kept_bytes: int = Field(
        default=65_536,
        ge=1024,
        le=1_048_576,
        description="How much is kept of a mail that is too large to be read; our choice.",
    )
    inbound_header_bytes: int = Field(
        default=32_768,
        ge=1024,
        le=1_048_576,
        description="Most bytes in all headers of a mail that came in; our choice.",
    )
    inbound_parts: int = Field(
        default=100, ge=1, le=1000, description="Most MIME parts of a mail that came in; our choice."
    )
    inbound_calendar_bytes: int = Field(
        default=65_536,
        ge=1024,
        le=1_048_576,
        description="Largest calendar in a mail that came in; our choice.",
    )

    feed_refresh_minutes: int = Field(
        default=60,
        ge=5,
        le=10_080,
        description="How often a feed asks its subscribers to look again; our choice.",
    )
    feed_past_days: int = Field(
        default=90, ge=0, le=3660, description="Days back that a calendar feed shows; our choice."
    )
    body_limit_bytes: int = Field(
        default=1_048_576,
        ge=1024,
        le=104_857_600,
        description="Largest request body that is read; our choice.",
    )

    @field_validator("data")
    @classmethod
    def _absolute(cls, value: Path) -> Path:
        return value.expanduser().absolute()

    @property
    def database(self) -> str:
        """Return the database's address, the default filled in."""
        return self.database_url or f"sqlite:///{self.data / 'jicanet.db'}"

    @property
    def public_url(self) -> str:
        """Return the base of absolute links, without a slash at the end."""
        return (self.base_url or f"http://{self.host}:{self.port}").rstrip("/")

    @property
    def is_https(self) -> bool:
        """Say whether people reach the service by https, so that cookies may demand it."""
        return urlsplit(self.public_url).scheme == "https"

    @property
    def is_development(self) -> bool:
        """Say whether this is a developer's own run."""
        return self.mode is Mode.DEVELOPMENT

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the signature is the library's
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the same
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Return the sources, first wins: arguments, environment, config/jicanet.toml."""
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)


def load_settings(**given: object) -> Settings:
    """Return the settings from `given`, the environment and config/jicanet.toml, in this order.

    HOST and PORT are honoured without prefix. In development a missing `secret_key` is made once and
    kept in the data folder, readable by its owner alone. Raises pydantic.ValidationError naming each
    setting that is wrong.
    """
    plain = {name: os.environ[name.upper()] for name in ("host", "port") if name.upper() in os.environ}
    prefixed = {name for name in plain if f"JICANET_{name.upper()}" in os.environ}
    values = {**{name: value for name, value in plain.items() if name not in prefixed}, **given}
    settings = Settings(**values)  # type: ignore[arg-type]  # pydantic checks and names each one
    if settings.secret_key is None and settings.is_development:
        settings = settings.model_copy(update={"secret_key": SecretStr(_kept_secret(settings.data))})
    return settings


def unknown_variables() -> list[str]:
    """Return the JICANET_ variables of the environment that are no setting: most likely mistyped."""
    known = {f"JICANET_{name.upper()}" for name in Settings.model_fields}
    return sorted(name for name in os.environ if name.startswith("JICANET_") and name not in known)


def _kept_secret(data: Path) -> str:
    path = data / "secret_key"
    data.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="ascii").strip()
    secret = secrets.token_urlsafe(32)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secret)
    return secret
