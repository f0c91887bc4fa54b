"""What can be wrong with a value, by code: in words, and what to do about it. `{field}` and `{value}` are filled in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class ValueWords(NamedTuple):
    message: str
    remedy: str


VALUE_WORDS: Mapping[str, ValueWords] = {
    "required": ValueWords("{field} is missing.", "Fill it in, or map a column, a constant or a default to it."),
    "not_given": ValueWords("{field} is not in the record.", "Add it, or give the field a default."),
    "not_a_boolean": ValueWords(
        "{field}: {value} is neither true nor false.", "Write true or false, or use the step `boolean` with your words."
    ),
    "not_an_integer": ValueWords(
        "{field}: {value} is not a whole number.", "Write digits only, or use the steps `number` and `round`."
    ),
    "not_a_number": ValueWords(
        "{field}: {value} is not a number.", "Write 1234.56, or use the step `number` with its language."
    ),
    "out_of_range": ValueWords("{field}: {value} is beyond what the field can hold.", "Correct it."),
    "too_precise": ValueWords(
        "{field}: {value} has more digits behind the point than the field keeps.",
        "Shorten it, or use the step `round`.",
    ),
    "leading_zeros": ValueWords(
        "{field}: the zeros in front of {value} are lost.", "If they matter, it is a text rather than a number."
    ),
    "too_long": ValueWords("{field}: {value} is too long.", "Shorten it, or use the step `truncate`."),
    "nul_character": ValueWords("{field}: {value} holds a NUL character.", "Take it out; no database keeps it."),
    "not_bytes": ValueWords(
        "{field}: {value} is no sequence of bytes.", r"Write \x and pairs of hexadecimal digits: \xdeadbeef."
    ),
    "name_twice": ValueWords("{field}: a name stands twice in an object of {value}.", "Leave one of them out."),
    "not_a_date": ValueWords(
        "{field}: {value} is not a date.", "Write it as 2024-01-31, or use the step `date` with its layout."
    ),
    "no_such_day": ValueWords("{field}: the day of {value} is in no calendar.", "Correct it."),
    "not_a_time": ValueWords("{field}: {value} is not a time.", "Write it as 10:30:00."),
    "no_such_time": ValueWords("{field}: no clock shows the time, or the offset, of {value}.", "Correct it."),
    "not_a_timestamp": ValueWords(
        "{field}: {value} is not a moment.", "Write it as 2024-01-31 10:30:00, or use the step `date` or `timestamp`."
    ),
    "no_time_zone": ValueWords(
        "{field}: {value} does not say where the clock stood.",
        "Write its offset (2024-01-31 10:30:00+01:00), or use the step `timezone`.",
    ),
    "time_zone_dropped": ValueWords(
        "{field} keeps no time zone: {value} becomes the time in UTC.", "Nothing, if UTC is what the field holds."
    ),
    "not_an_interval": ValueWords("{field}: {value} is not a duration.", "Write it as P1Y2M3DT4H5M6S."),
    "not_a_uuid": ValueWords("{field}: {value} is not a UUID.", "Correct it."),
    "not_json": ValueWords(
        "{field}: {value} is not JSON.", "Correct it (NaN and a comma at the end are no JSON), or use the step `json`."
    ),
    "not_an_array": ValueWords("{field}: {value} is no list.", 'Write it as JSON: ["a", "b"].'),
    "bad_item": ValueWords("{field}: an item of {value} is not of the list's type.", "Correct it."),
    "unknown_label": ValueWords(
        "{field}: {value} is none of the values that it can have.", "Correct it, capitals included, or use `map`."
    ),
    "wrong_length": ValueWords("{field}: {value} is too long or too short.", "Correct it."),
    "too_small": ValueWords("{field}: {value} is too small, or too early.", "Correct it."),
    "too_large": ValueWords("{field}: {value} is too large, or too late.", "Correct it."),
    "not_allowed": ValueWords("{field}: {value} is none of the values that are allowed.", "Correct it."),
    "pattern": ValueWords("{field}: {value} is not written as it must be.", "Correct it."),
    "not_an_email": ValueWords("{field}: {value} is not an e-mail address.", "Correct it."),
    "not_a_url": ValueWords("{field}: {value} is not an address on the web.", "Start it with https://."),
    "not_a_phone": ValueWords("{field}: {value} is not a telephone number.", "Correct it."),
    "blank": ValueWords("{field} holds nothing but spaces.", "Fill it in, or use the step `trim`."),
    "not_past": ValueWords("{field}: {value} is not in the past, or not early enough.", "Correct it."),
    "not_future": ValueWords("{field}: {value} is not in the future, or not late enough.", "Correct it."),
}
