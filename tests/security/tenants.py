"""Two tenants in one database, and somebody who is bound to the first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from contract.databases.case import Place
from entrepot import Entrepot
from entrepot.access.permissions import Principal, Role
from entrepot.model.plans import ImportRequest
from entrepot.model.problems import Problem, Severity

TABLES = (
    "CREATE TABLE tenants (id integer PRIMARY KEY, slug varchar(20) NOT NULL UNIQUE)",
    "CREATE TABLE kinds (id integer PRIMARY KEY, name varchar(20))",
    """CREATE TABLE projects (id integer PRIMARY KEY, tenant_id integer NOT NULL, code varchar(20), partner_id integer,
       UNIQUE (tenant_id, code), FOREIGN KEY (tenant_id) REFERENCES tenants (id),
       FOREIGN KEY (partner_id) REFERENCES tenants (id))""",
    """CREATE TABLE tasks (id integer PRIMARY KEY, project_id integer, parent_id integer, kind_id integer,
       title varchar(20), FOREIGN KEY (project_id) REFERENCES projects (id),
       FOREIGN KEY (parent_id) REFERENCES tasks (id), FOREIGN KEY (kind_id) REFERENCES kinds (id))""",
    """CREATE TABLE notes (id integer PRIMARY KEY, task_id integer NOT NULL, project_id integer NOT NULL,
       mail varchar(40) UNIQUE, FOREIGN KEY (task_id) REFERENCES tasks (id),
       FOREIGN KEY (project_id) REFERENCES projects (id))""",
    """CREATE TABLE remarks (id integer PRIMARY KEY, task_id integer NOT NULL, words varchar(20),
       FOREIGN KEY (task_id) REFERENCES tasks (id))""",
    """CREATE TABLE halls (tenant_id integer NOT NULL, no integer NOT NULL, name varchar(20),
       PRIMARY KEY (tenant_id, no), FOREIGN KEY (tenant_id) REFERENCES tenants (id))""",
    """CREATE TABLE seats (tenant_id integer NOT NULL, hall_no integer NOT NULL, no integer NOT NULL, who varchar(20),
       PRIMARY KEY (tenant_id, hall_no, no), FOREIGN KEY (tenant_id, hall_no) REFERENCES halls (tenant_id, no))""",
    "INSERT INTO tenants VALUES (1, 'acme'), (2, 'umbra')",
    "INSERT INTO kinds VALUES (1, 'bug')",
    "INSERT INTO projects VALUES (1, 1, 'a', NULL), (2, 1, 'b', NULL), (11, 2, 'x', NULL)",
    """INSERT INTO tasks VALUES (1, 1, NULL, NULL, 'one'), (2, 1, 1, 1, 'two'), (11, 11, NULL, NULL, 'secret'),
       (21, NULL, NULL, NULL, 'of nobody')""",
    "INSERT INTO notes VALUES (1, 1, 1, 'own@x'), (11, 11, 11, 'their@x')",
    "INSERT INTO remarks VALUES (1, 1, 'own'), (11, 11, 'their')",
    "INSERT INTO halls VALUES (1, 1, 'small'), (2, 1, 'large'), (2, 7, 'largest')",
    "INSERT INTO seats VALUES (1, 1, 1, 'me'), (2, 7, 1, 'them')",
)
ENTITIES = ("tenants", "kinds", "projects", "tasks", "notes", "remarks", "halls", "seats")
SETTINGS = '[tenancy]\nroot = "tenants"\n'


@dataclass(frozen=True)
class Shared:
    place: Place
    folder: Path

    def entrepot(self, tenant: str | None) -> Entrepot:
        """For somebody who is bound to a tenant, or for everybody."""
        settings = self.folder / "entrepot.toml"
        settings.write_text(SETTINGS, encoding="utf-8")
        if tenant is None:
            return Entrepot(self.place.url, config=settings, environment={})
        who = Principal(name="ada", role=Role.ORG_ADMIN, tenant=tenant)
        return Entrepot(self.place.url, config=settings, environment={}, principal=who)

    def file(self, text: str) -> Path:
        path = self.folder / "in.csv"
        path.write_text(text, encoding="utf-8")
        return path

    def fingerprint(self) -> list[list[tuple[object, ...]]]:
        """All rows of all tables."""
        return [sorted((tuple(row) for row in self.place.rows(f"SELECT * FROM {e}")), key=str) for e in ENTITIES]


def found(problems: Iterable[Problem]) -> list[tuple[int | None, str | None, str]]:
    """What is wrong with which records."""
    told = (problem for problem in problems if problem.severity is Severity.ERROR)
    return [(problem.place.record, problem.place.column, problem.code) for problem in told]


def request(entity: str, **said: object) -> ImportRequest:
    return ImportRequest(entity=entity, **said)  # type: ignore[arg-type]
