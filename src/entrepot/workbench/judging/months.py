"""Names of months, each in full and then in other forms that are not just its beginning. Beginnings of three letters or
more are understood anyhow, where no other month begins so."""

from __future__ import annotations


def months(names: str) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(name.split("=")) for name in names.split())


MONTHS = {
    "en": months("january february march april may june july august september october november december"),
    "de": months("januar=jänner februar märz=mrz april mai juni juli august september oktober november dezember"),
    "fr": months("janvier février mars avril mai juin juillet août septembre octobre novembre décembre"),
    "es": months("enero febrero marzo abril mayo junio julio agosto septiembre=setiembre octubre noviembre diciembre"),
    "it": months("gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre"),
    "nl": months("januari februari maart=mrt april mei juni juli augustus september oktober november december"),
    "pt": months("janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro"),
    "sv": months("januari februari mars april maj juni juli augusti september oktober november december"),
}
