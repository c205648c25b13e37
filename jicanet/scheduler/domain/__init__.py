"""Pure values and decisions of scheduler: no I/O, no clock, no ids."""
