"""Pure values and decisions of stations: no I/O, no clock, no ids."""
