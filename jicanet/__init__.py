"""The scheduling and distance-learning service for networks of videoconference stations."""

# First of all: it takes the operating system's zone files out of the process (domain.md, Time 2).
from jicanet.core import zones as zones
