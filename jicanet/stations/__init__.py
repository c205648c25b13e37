"""The stations slice."""
