"""The catalog slice."""
