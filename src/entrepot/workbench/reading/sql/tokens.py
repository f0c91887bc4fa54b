"""The pieces that constants of SQL are made of."""

from __future__ import annotations

import re

from entrepot.workbench.reading.sql.names import NAMES
from entrepot.workbench.reading.sql.statements import ESCAPED, STANDARD

NUMBER = re.compile(rb"(?:[0-9]++(?:\.[0-9]*+)?+|\.[0-9]++)(?:[eE][+-]?[0-9]++)?+(?![\w$.])")
HEX = re.compile(rb"0[xX]((?:[0-9A-Fa-f]{2})*+)(?!\w)")
BITS = re.compile(rb"0b([01]++)(?!\w)")
PREFIX = re.compile(rb"[nNeEbBxX](?=')|[uU]&(?=')|_[A-Za-z0-9]++\s*+(?=['\"]|[xX]')")
DOUBLE = re.compile(rb'"[^"\\]*+(?:(?:""|\\.)[^"\\]*+)*+"(?!")', re.DOTALL)
DOLLAR = re.compile(rb"\$(?P<tag>[A-Za-z_]\w*+)?+\$(?P<body>.*?)\$(?(tag)(?P=tag))\$", re.DOTALL)
SPACE = re.compile(rb"(?:\s++|--[^\n]*+\n|/\*(?!M?!)(?:(?!/\*|\*/).)*+\*/)*+", re.DOTALL)
WORD = re.compile(rb"[A-Za-z_][\w$]*+")
TYPE = re.compile(
    NAMES
    + rb"(?:\s++(?:varying|precision))?+(?:\s*+\(\s*+\d++(?:\s*+,\s*+\d++)?+\s*+\))?+"
    + rb"(?:\s++with(?:out)?+\s++time\s++zone)?+(?:\s*+\[\d*+\])*+",
    re.IGNORECASE,
)
TYPED = frozenset((b"DATE", b"TIME", b"TIMESTAMP", b"INTERVAL", b"TIMESTAMPTZ"))
"""Words in front of a string that say what it is."""
STANDARD_STRING, ESCAPED_STRING = re.compile(STANDARD, re.DOTALL), re.compile(ESCAPED, re.DOTALL)
OTHER = re.compile(
    rb"[^'\"`$(),;\[\]/-]++|[(\[](?P<open>)|[)\]](?P<close>)|,(?P<comma>)|--[^\n]*+\n|/\*.*?\*/"
    rb"|\"(?:[^\"]|\"\")*+\"|`[^`]*+`|[$/-]|;(?P<end>)|(?P<cut>.)",
    re.DOTALL,
)
"""Of an expression that is no constant."""
