"""Settings: the one place that reads the environment and config/jicanet.toml."""

from jicanet.settings.model import Mode, Settings, load_settings

__all__ = ["Mode", "Settings", "load_settings"]
