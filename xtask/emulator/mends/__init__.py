"""What moto leaves out, or answers otherwise than AWS does. The mends take effect when this is imported.

The source of a behaviour stands beside it: a page of AWS's documents, the API's reference, or a public report by the
number of its thread at the provider (hashicorp/terraform-provider-aws).
"""

from emulator.mends import (  # noqa: F401
    clusters,
    databases,
    endpoints,
    functions,
    logs,
    options,
    parameters,
    proxies,
    remembered,
    secrets,
    servers,
    storage,
)
