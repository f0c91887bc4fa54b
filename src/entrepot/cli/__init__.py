"""The command line: one file per command; translates, never decides."""
