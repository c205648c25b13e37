"""The scheduler slice."""
