"""What `[[notifications]]` may say; told when the settings are read, not when something has failed at night."""

from __future__ import annotations

import re
from collections.abc import Sequence
from ipaddress import ip_network
from urllib.parse import urlsplit

from entrepot.config.notification_settings import NotificationSettings
from entrepot.model.errors import InputError
from entrepot.model.notices import FIELDS, Event
from entrepot.model.suggest import nearest

BRACES = re.compile(r"\{([^{}]*)\}")
SCHEMES = {"webhook": ("https", "http"), "server": ("smtps", "smtp")}


def check_notifications(given: Sequence[NotificationSettings]) -> None:
    names = [one.name for one in given]
    for at, one in enumerate(given):
        if one.name in names[:at]:
            raise _wrong(one, "name", "is the name of two notifications")
        _check_way(one)
        for event in one.events:
            _known(one, "events", event, [each.value for each in Event])
        for template in ("title", "text", "link"):
            for found in BRACES.findall(getattr(one, template)):
                _known(one, template, found, FIELDS)
        _check_networks(one)


def _check_way(one: NotificationSettings) -> None:
    ways = [way for way, said in (("webhook", one.webhook), ("email", one.email), ("log", one.log)) if said]
    if len(ways) != 1:
        raise _wrong(one, "webhook", f"must be one of webhook, email and log, and there are {len(ways)} of them")
    if one.webhook is not None:
        _check_url(one, "webhook", one.webhook)
    if one.email:
        _check_url(one, "server", one.server)
        for address in (one.sender, *one.email):
            if not re.fullmatch(r"[^\s@<>,;\"]+@[^\s@<>,;\"]+", address):
                raise _wrong(one, "sender or email", f"'{address}' is no address of somebody")


def _check_url(one: NotificationSettings, key: str, url: str) -> None:
    if url.startswith("env:"):
        return
    try:
        found = urlsplit(url)
        good = found.scheme in SCHEMES[key] and found.hostname and found.port != 0 and "@" not in found.netloc
    except ValueError:
        good = False
    if not good or any(letter <= " " for letter in url):
        raise _wrong(one, key, f"is no address like {SCHEMES[key][0]}://host/path, without a user in it")


def _known(one: NotificationSettings, key: str, word: str, words: Sequence[str]) -> None:
    if word not in words:
        guess = nearest(word, words)
        meant = f"Did you mean '{guess}'? " if guess else ""
        raise _wrong(one, key, f"says '{word}', which means nothing there", f"{meant}Known: {', '.join(words)}.")


def _check_networks(one: NotificationSettings) -> None:
    for network in one.allow:
        try:
            ip_network(network)
        except ValueError as error:
            raise _wrong(one, "allow", f"says '{network}': {error}") from error


def _wrong(one: NotificationSettings, key: str, fact: str, remedy: str = "Correct it there.") -> InputError:
    return InputError("bad_notification", f"notifications '{one.name}': {key} {fact}.", remedy=remedy)
