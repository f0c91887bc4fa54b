"""`entrepot doctor`: what is installed, what the database can do, and what to mend."""

from __future__ import annotations

import argparse


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> argparse.ArgumentParser:
    from entrepot.cli.parser import add_database_options

    parser = commands.add_parser("doctor", help="check the installation, the settings and the database")
    add_database_options(parser)
    return parser


def run(args: argparse.Namespace) -> int:
    from entrepot.cli.output import print_json, say
    from entrepot.service.entrepot import Entrepot

    findings = Entrepot(args.db, config=args.config, origin="cli").doctor()
    if args.json:
        print_json(findings)
    else:
        for finding in findings:
            say(f"{'ok  ' if finding.ok else 'FAIL' if finding.needed else 'note'}  {finding.what}: {finding.words}")
            if finding.remedy:
                say(f"      {finding.remedy}")
    return 0 if all(finding.ok or not finding.needed for finding in findings) else 1
