"""Calendars at secret addresses that ordinary clients subscribe to."""
