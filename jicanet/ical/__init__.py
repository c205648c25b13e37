"""The ical part."""
