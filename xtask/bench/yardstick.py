"""Renders the roots of a workspace with PyYAML and Jinja2, and checks nothing: what a script of an afternoon does."""

import pathlib
import sys

import jinja2
import yaml

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
FILES = ["main.tf", "outputs.tf", "terraform.tf"]
DEFAULTS = {
    "allocatedStorage": 50, "authentication": "password", "backupRetentionPeriod": 7, "backupWindow": "16:00-17:00",
    "encrypted": True, "engineVersion": "17", "instanceClass": "db.t4g.medium",
    "logExports": ["postgresql", "upgrade"], "maintenanceWindow": "Sun:18:00-Sun:19:00", "parameters": {},
    "proxy": {}, "tags": {},
}
MEMORY = {"db.t3.large": 8, "db.t4g.medium": 4, "db.m7g.xlarge": 16, "db.r7g.2xlarge": 64}


def load(path):
    return yaml.load(path.read_text(), LOADER)


def values(name, environment, path):
    config = DEFAULTS | environment["defaults"] | load(path)
    namespace = config.setdefault("namespace", path.stem)
    config.setdefault("serviceAccountName", f"{namespace}-sa")
    config.setdefault("iamRoleName", f"{namespace}-{name}-proxy-access")
    config.setdefault("maxAllocatedStorage", int(config["allocatedStorage"]) * 2)
    tags = environment["tags"] | config["tags"]
    tags |= {"valet-rds:environment": name, "valet-rds:namespace": namespace, "valet-rds:shortname": config["shortname"]}
    return {
        "c": config, "e": environment, "name": name, "base": f"{config['shortname']}-{name}", "tags": tags,
        "memory": MEMORY[config["instanceClass"]], "proxy": config["proxy"],
        "max": config["proxy"].get("maxConnectionsPercent", 100),
    }


def main():
    root, output = (pathlib.Path(argument) for argument in sys.argv[1:])
    here = pathlib.Path(__file__).parent / "templates"
    engine = jinja2.Environment(
        loader=jinja2.FileSystemLoader(here), trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True
    )
    templates = [(name, engine.get_template(name + ".jinja")) for name in FILES]
    workspace = load(root / "valet.yaml")
    before, after = workspace["modules"]["source"].split("?")
    for name, environment in workspace["environments"].items():
        for path in sorted((root / environment["configs"]).glob("*.yaml")):
            given = values(name, environment, path) | {"header": path.relative_to(root), "modules": (before, after)}
            folder = output / name / path.stem
            folder.mkdir(parents=True)
            for file, template in templates:
                (folder / file).write_text(template.render(given))


main()
