"""Settings: the one place that reads the environment and config/jicanet.toml."""

from jicanet.settings.model import CONFIG, Mode, Settings, load_settings, unknown_variables

__all__ = ["CONFIG", "Mode", "Settings", "load_settings", "unknown_variables"]
