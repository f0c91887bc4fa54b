"""What databases call encodings. Those in which the second byte of a letter may look like a quote are refused."""

from __future__ import annotations

from entrepot.workbench.reading.sql.dialect import MYSQL

UTF8 = "utf-8"
COMMON: dict[str, str] = {
    "utf8": UTF8,
    "utf8mb3": UTF8,
    "utf8mb4": UTF8,
    "unicode": UTF8,
    "ascii": UTF8,
    "sqlascii": UTF8,
    "binary": UTF8,
    "default": UTF8,
    "koi8r": "koi8_r",
    "koi8u": "koi8_u",
    "eucjp": "euc_jp",
    "ujis": "euc_jp",
    "euckr": "euc_kr",
    "euccn": "gb2312",
    "gb2312": "gb2312",
    "greek": "iso8859_7",
    "hebrew": "iso8859_8",
    "tis620": "cp874",
    **{f"cp{number}": f"cp{number}" for number in (850, 852, 866, 1250, 1251, 1256, 1257)},
    **{f"win{number}": f"cp{number}" for number in (866, 874, *range(1250, 1259))},
    **{f"windows{number}": f"cp{number}" for number in (866, 874, *range(1250, 1259))},
    **{f"iso8859{number}": f"iso8859_{number}" for number in (1, 5, 6, 7, 8)},
}
LATIN = {"1": 1, "2": 2, "3": 3, "4": 4, "5": 9, "6": 10, "7": 13, "8": 14, "9": 15, "10": 16}


def codec_of(name: str, dialect: str) -> str | None:
    """Python's name of it; None: unknown, or not to be read byte by byte.

    >>> codec_of("LATIN1", "postgres"), codec_of("latin1", "mysql"), codec_of("UTF8", "postgres"), codec_of("gbk", "")
    ('iso8859_1', 'cp1252', 'utf-8', None)
    """
    plain = name.lower().replace("_", "").replace("-", "")
    number = plain.removeprefix("latin")
    if number != plain and number in LATIN:
        if dialect == MYSQL:
            return {"1": "cp1252", "2": "iso8859_2", "5": "iso8859_9", "7": "iso8859_13"}.get(number)
        return f"iso8859_{LATIN[number]}"
    return COMMON.get(plain)
