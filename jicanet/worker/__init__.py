"""The worker part."""
