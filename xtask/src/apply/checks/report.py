"""Runs checks, which are the functions of a module that take a unit alone, and prints one line of JSON for each."""

import concurrent.futures
import inspect
import json


def report(units, *modules):
    named = [check for module in modules for check in checks(module)]
    with concurrent.futures.ThreadPoolExecutor() as pool:
        found = list(pool.map(lambda unit: [problem(check, unit) for check in named], units))
    for check, problems in zip(named, zip(*found)):
        line = {"check": check.__name__.replace("_", " "), "problems": [each for each in problems if each]}
        print(json.dumps(line))


def checks(module):
    """In the order of the file. A name of one word belongs to a helper."""
    found = [
        each
        for name, each in inspect.getmembers(module, inspect.isfunction)
        if each.__module__ == module.__name__ and "_" in name and list(inspect.signature(each).parameters) == ["unit"]
    ]
    return sorted(found, key=lambda each: each.__code__.co_firstlineno)


def problem(check, unit):
    try:
        check(unit)
    except Exception as error:
        return f"{unit.environment}: {type(error).__name__}: {error}"
    return None
