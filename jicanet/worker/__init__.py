"""The background worker: APScheduler as the metronome, due rows in our own tables as the work."""
