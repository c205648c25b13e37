"""Pure values and decisions of people: no I/O, no clock, no ids."""
