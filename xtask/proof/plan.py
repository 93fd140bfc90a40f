"""A plan, read attribute by attribute: what would change."""


class Plan:
    """Its changes of resources, and of outputs."""

    def __init__(self, document):
        self.changes = [change for change in map(self.read, document.get("resource_changes", [])) if change]
        outputs = document.get("output_changes", {}).items()
        self.outputs = [name for name, change in outputs if change["actions"] != ["no-op"]]

    def read(self, resource):
        kind, change = resource["type"], resource["change"]
        if change["actions"] in (["no-op"], ["read"]):
            return None
        told = {"type": kind, "actions": change["actions"], "attributes": differences(change)}
        return {"address": resource["address"]} | told

    def not_in_place(self):
        """What is made, replaced, destroyed or forgotten."""
        return [change["address"] for change in self.changes if change["actions"] != ["update"]]

    def updated(self, kind):
        """The attributes of the resources of a type that change in place; nothing else may happen to them."""
        mine = [change for change in self.changes if change["type"] == kind]
        assert all(change["actions"] == ["update"] for change in mine), mine
        return {name for change in mine for name in change["attributes"]}

    def besides(self, kind):
        """The changes of resources of other types."""
        return [change for change in self.changes if change["type"] != kind]

    def actions(self):
        """What happens to resources, whichever they are."""
        return {tuple(change["actions"]) for change in self.changes}


def differences(change):
    """Top-level attributes that differ, or will be known only after the apply."""
    before, after, unknown = (change[side] or {} for side in ("before", "after", "after_unknown"))
    return {
        name: f"{before.get(name)} -> {'known after apply' if has_unknown(unknown.get(name)) else after.get(name)}"
        for name in before | after | unknown
        if has_unknown(unknown.get(name)) or before.get(name) != after.get(name)
    }


def has_unknown(value):
    if isinstance(value, dict):
        value = list(value.values())
    return any(map(has_unknown, value)) if isinstance(value, list) else value is True
