"""Shipped and given files to values, all or nothing, and back: the network's CSV files, and holidays."""

from jicanet.stations.reference.holidays import SOURCE, load_holidays
from jicanet.stations.reference.network import NetworkFiles, load_files, read_network, write_stations

__all__ = [
    "SOURCE",
    "NetworkFiles",
    "load_files",
    "load_holidays",
    "read_network",
    "write_stations",
]
