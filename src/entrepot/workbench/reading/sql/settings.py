"""What a statement says about how those behind it are to be read."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from entrepot.model.problems import Place
from entrepot.workbench.reading.sql.charsets import UTF8, codec_of
from entrepot.workbench.reading.sql.dialect import MYSQL, POSTGRES, Dialect
from entrepot.workbench.reading.sql.names import NAME, unquoted
from entrepot.workbench.reading.sql.refusals import refusal

ENCODING = re.compile(
    rb"\s*SET\s+(?:(?:SESSION|LOCAL)\s+)?(?:NAMES|CHARACTER\s+SET|CLIENT_ENCODING\s*(?:=|TO))\s*['\"]?([\w-]+)", re.I
)
CLIENT_CHARSET = re.compile(rb"\bcharacter_set_client\s*=\s*(@?['\"]?[\w@-]+)", re.IGNORECASE)
STANDARD_STRINGS = re.compile(rb"\s*SET\s+(?:\w+\s+)?standard_conforming_strings\s*(?:=|TO)\s*'?(\w+)", re.IGNORECASE)
SQL_MODE = re.compile(rb"\bSET\b.*?\bsql_mode\s*=\s*(@|'[^']*'|\"[^\"]*\")", re.IGNORECASE | re.DOTALL)
TIME_ZONE = re.compile(rb"\bSET\b.*?\btime_zone\s*=\s*['\"]([^'\"]*)['\"]", re.IGNORECASE | re.DOTALL)
SEARCH_PATH = re.compile(rb"\s*SET\s+(?:\w+\s+)?search_path\s*(?:=|TO)\s*(" + NAME + rb")", re.IGNORECASE)
USE = re.compile(rb"\s*USE\s+(" + NAME + rb")", re.IGNORECASE)
UTC = (b"+00:00", b"UTC", b"+0:00")


@dataclass(frozen=True, kw_only=True)
class Settings:
    dialect: Dialect
    encoding: str = UTF8
    is_said: bool = False
    """Somebody named the encoding, so that the file does not."""
    names_encoding: str = UTF8
    schema: str | None = None
    """Of names without one."""
    schemas: frozenset[str | None] = field(default_factory=frozenset)
    """All that were set."""
    in_utc: bool = False
    """Moments are in UTC, although they do not say so."""

    def after(self, words: bytes, place: Place) -> Settings:
        """Behind a statement, which is given without its comments."""
        if found := USE.match(words) or SEARCH_PATH.match(words):
            schema = unquoted(found[1], self.dialect.name)
            return replace(self, schema=schema, schemas=self.schemas | {schema})
        if words.lstrip()[:3].upper() != b"SET":
            return self
        if found := STANDARD_STRINGS.match(words):
            off = found[1].lower() in (b"off", b"false", b"0", b"no")
            dialect = replace(self.dialect, escapes=off)
            if dialect.name != MYSQL:
                dialect = replace(dialect, name=POSTGRES)
            return replace(self, dialect=dialect)
        return self._mysql(words).in_encoding(words, place)

    def _mysql(self, words: bytes) -> Settings:
        settings = self
        if self.dialect.name == MYSQL and (found := SQL_MODE.search(words)):
            modes = found[1].upper()
            ansi, escapes = b"ANSI" in modes, b"NO_BACKSLASH_ESCAPES" not in modes
            settings = replace(settings, dialect=replace(self.dialect, escapes=escapes, ansi_quotes=ansi))
        if found := TIME_ZONE.search(words):
            settings = replace(settings, in_utc=found[1] in UTC)
        return settings

    def in_encoding(self, words: bytes, place: Place) -> Settings:
        if self.is_said:
            return self
        if found := ENCODING.match(words):
            encoding = self.codec(found[1], place)
            return replace(self, encoding=encoding, names_encoding=encoding)
        if self.dialect.name == MYSQL and (found := CLIENT_CHARSET.search(words)):
            name = found[1].strip(b"'\"")
            return replace(self, encoding=self.names_encoding if b"@" in name else self.codec(name, place))
        return self

    def codec(self, name: bytes, place: Place) -> str:
        found = codec_of(name.decode(), self.dialect.name)
        if found is None:
            raise refusal(
                "unknown_encoding",
                place,
                f"the script is in {name.decode()}, which is not read",
                "Dump it in UTF-8; or name an encoding that fits: --encoding NAME.",
            )
        return found
