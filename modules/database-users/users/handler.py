"""Where Lambda comes in: an apply that wants users, or Secrets Manager that wants a new password."""

from . import connection, journal, mariadb, mysql, postgres
from .ensure import ensure
from .failure import Failure
from .request import CHECK, is_check, read_check, read_request
from .rotation import is_rotation, rotate
from .vault import Vault

# Each has what is asked of PostgreSQL's: connect, alone, apply, set_password and prove, and which names it takes.
ENGINES = {"mariadb": mariadb.ENGINE, "mysql": mysql.ENGINE, "postgres": postgres}


def handler(event, _context):
    journal.begin()
    try:
        result = run(event)
    except Failure as error:
        kind, words = type(error), journal.clean(str(error))
    except Exception as error:
        # The words of others may hold what they were given.
        kind, words = Failure, f"{type(error).__name__} in {place_of(error)}"
    else:
        journal.log("INFO", "done", **result)
        return result
    journal.log("ERROR", "failed", error=kind.__name__, reason=words)
    # Nothing of the cause goes along: Lambda shows it.
    raise Failure(words) from None


def run(event):
    vault = Vault(ENGINES)
    if is_rotation(event):
        return rotate(event, vault, ENGINES)
    if is_check(event):
        vault.check(read_check(event))
        connection.make_context()
        return {"action": CHECK}
    request = read_request(event, ENGINES)
    return ensure(request, vault, ENGINES[request.place.engine])


def place_of(error):
    """The innermost line of a fault of ours or of a library's."""
    traceback = error.__traceback__
    while traceback.tb_next:
        traceback = traceback.tb_next
    return f"{traceback.tb_frame.f_code.co_filename.rsplit('/', 1)[-1]}:{traceback.tb_lineno}"
