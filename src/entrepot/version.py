"""The version, where nothing has to be searched for it."""

VERSION = "0.1.0"
