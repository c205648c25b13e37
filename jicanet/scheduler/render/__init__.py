"""Sessions as JSON, as a calendar file and as what the pages draw."""
