"""The migrations part."""
