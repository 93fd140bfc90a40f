"""Option groups."""

from moto.rds.models import RDSBackend

from emulator.mends.replaces import replaces

# The last major that moto knows. RDS has option groups for each major of PostgreSQL that it runs (user guide, "Working with
# option groups").
LAST_KNOWN = 13


@replaces(RDSBackend, "create_option_group")
def create_option_group(create, backend, option_group_kwargs):
    major = option_group_kwargs.get("major_engine_version", "")
    is_newer = option_group_kwargs.get("engine_name") == "postgres" and major.isdecimal() and int(major) > LAST_KNOWN
    if not is_newer:
        return create(backend, option_group_kwargs)
    option_group_kwargs["major_engine_version"] = str(LAST_KNOWN)
    group = create(backend, option_group_kwargs)
    group.major_engine_version = major
    return group
