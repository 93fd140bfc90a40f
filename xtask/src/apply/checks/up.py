"""Asks the emulated AWS about both units, right after they went up."""

import sys

import access
import database
import path
from report import report
from unit import Unit, note, units


def main(folder):
    found = units(folder)
    report(found, path, database, access)
    note(folder, "identity", found, Unit.identity)


if __name__ == "__main__":
    main(sys.argv[1])
