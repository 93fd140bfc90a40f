"""What a volume may be, and what becomes of what is asked for."""

import math

from moto.rds.exceptions import InvalidParameterCombination, InvalidParameterValue

# User guide, "gp3 storage": from this size the volume is striped.
STRIPED = 400
# IOPS and MiB/s that a gp3 volume has below and from there on, without asking for any.
SMALL, LARGE = (3000, 125), (12000, 500)
# Reference of ModifyDBInstance, AllocatedStorage: smaller steps are rounded up to this one.
SMALLEST_STEP = 1.1


def baseline(size):
    return LARGE if size >= STRIPED else SMALL


def check(storage_type, size, iops, throughput):
    """Refuses what AWS refuses of gp3 (user guide, "gp3 storage"; provider 28382, 47411)."""
    if storage_type != "gp3":
        return
    iops, throughput = int(iops or 0), int(throughput or 0)
    if size < STRIPED and (iops or throughput):
        raise InvalidParameterCombination(
            f"You can't specify IOPS or storage throughput with gp3 and a storage size less than {STRIPED}."
        )
    if iops and iops < LARGE[0] and size >= STRIPED:
        raise InvalidParameterCombination(
            f"The IOPS value {iops} is less than the minimum of {LARGE[0]} for gp3 volumes of {size} GiB."
        )
    if throughput and throughput < LARGE[1] and size >= STRIPED:
        raise InvalidParameterCombination(
            f"The storage throughput {throughput} is less than the minimum of {LARGE[1]} for gp3 volumes of {size} GiB."
        )


def grown(current, asked):
    """The size that a volume gets, in GiB."""
    if asked < current:
        raise InvalidParameterValue(
            f"Requested storage size ({asked}) cannot be less than the current storage size ({current})"
        )
    return asked if asked == current else max(asked, math.ceil(round(current * SMALLEST_STEP, 6)))
