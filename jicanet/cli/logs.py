"""How log lines are written: to standard error, one a line, as JSON or as text."""

import logging
import sys

import structlog

from jicanet.settings import Settings


def configure_logs(settings: Settings) -> None:
    """Write log lines of at least `log_level` to standard error in `log_format`.

    Libraries that log by the standard library go the same way. Standard output stays free for what a
    command answers.
    """
    level = logging.getLevelNamesMapping()[settings.log_level.upper()]
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    written: structlog.typing.Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if settings.log_format == "json"
        else structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(),
            # Not the default, which prints local values and so secrets.
            exception_formatter=structlog.dev.plain_traceback,
        )
    )
    # A traceback as JSON is one field; as text the renderer writes it out itself.
    traced = [structlog.processors.format_exc_info] if settings.log_format == "json" else []
    structlog.configure(
        processors=[*shared, *traced, written],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *traced, written],
        )
    )
    # What libraries tell below a warning is theirs: APScheduler alone says a line at every tick.
    logging.basicConfig(handlers=[handler], level=max(level, logging.WARNING), force=True)
    # What aiohttp cannot even parse it logs with the asker's address.
    logging.getLogger("aiohttp.server").setLevel(logging.CRITICAL)
