"""The mail part."""
