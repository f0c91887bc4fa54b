"""`entrepot.toml` and the environment become frozen settings here, and nowhere else.

settings  what can be set, one line each     decode     tables → dataclasses, strictly
load      finding and reading the sources    secrets    `env:NAME` and redaction
named     selections by name                 durations  lengths of time: `90d`
own_records  where the ledger lies
"""
