"""Pure values and decisions of catalog: no I/O, no clock, no ids."""
