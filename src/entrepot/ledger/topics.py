"""The ledger: its records by topic."""

from __future__ import annotations

from dataclasses import dataclass

from entrepot.ledger.artifacts import Artifacts
from entrepot.ledger.drafts import Drafts
from entrepot.ledger.events import Events, Progress
from entrepot.ledger.held import Held
from entrepot.ledger.history import History
from entrepot.ledger.homes import Home
from entrepot.ledger.identities import Identities
from entrepot.ledger.jobs import Jobs
from entrepot.ledger.journals import Journals
from entrepot.ledger.mappings import Mappings
from entrepot.ledger.measures import Measures
from entrepot.ledger.migrating import must_be_known
from entrepot.ledger.news import Newsroom
from entrepot.ledger.occurrences import Occurrences
from entrepot.ledger.orders import Orders
from entrepot.ledger.parts import Parts
from entrepot.ledger.plans import Plans
from entrepot.ledger.records import Records
from entrepot.ledger.removals import Removals
from entrepot.ledger.schedules import Schedules
from entrepot.ledger.taking import Taking
from entrepot.ledger.units import Units
from entrepot.ledger.usage import Usage
from entrepot.model.problems import Problem


@dataclass(frozen=True)
class Ledger:
    records: Records

    @property
    def home(self) -> Home:
        return self.records.home

    @property
    def jobs(self) -> Jobs:
        return Jobs(self.records)

    @property
    def drafts(self) -> Drafts:
        return Drafts(self.records)

    @property
    def plans(self) -> Plans:
        return Plans(self.records)

    @property
    def mappings(self) -> Mappings:
        return Mappings(self.records)

    @property
    def artifacts(self) -> Artifacts:
        return Artifacts(self.records)

    @property
    def journals(self) -> Journals:
        return Journals(self.records)

    @property
    def units(self) -> Units:
        return Units(self.records)

    @property
    def orders(self) -> Orders:
        return Orders(self.records)

    @property
    def held(self) -> Held:
        return Held(self.records)

    @property
    def taking(self) -> Taking:
        return Taking(self.records)

    @property
    def events(self) -> Events:
        return Events(self.records)

    @property
    def progress(self) -> Progress:
        return Progress(self.records)

    @property
    def parts(self) -> Parts:
        return Parts(self.records)

    @property
    def schedules(self) -> Schedules:
        return Schedules(self.records)

    @property
    def occurrences(self) -> Occurrences:
        return Occurrences(self.records)

    @property
    def identities(self) -> Identities:
        return Identities(self.records)

    @property
    def measures(self) -> Measures:
        return Measures(self.records)

    @property
    def news(self) -> Newsroom:
        return Newsroom(self.records)

    @property
    def removals(self) -> Removals:
        return Removals(self.records)

    @property
    def usage(self) -> Usage:
        return Usage(self.records)

    @property
    def history(self) -> History:
        return History(self.records)

    @property
    def warnings(self) -> tuple[Problem, ...]:
        return self.home.warnings

    def check(self) -> None:
        """DamagedError if it is not whole."""
        self.home.check()

    def must_be_known(self) -> None:
        """InputError `newer_ledger` if it is of a newer version by now."""
        must_be_known(self.records)
