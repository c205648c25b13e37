"""The feeds part."""
