"""One run over one database: alone, and by doing what is missing until nothing is."""

import contextlib
import time

from .failure import Busy, Failure, StatementFailed
from .request import OWNER, READER

LOCK_SECONDS = 60
LOCK_PAUSE = 0.25

PASSES = 8
PASS_PAUSE = 0.5


@contextlib.contextmanager
def alone(session, take):
    """Nobody else changes users of this database meanwhile. The lock ends with the session, however that ends."""
    deadline = time.monotonic() + LOCK_SECONDS
    while not session.rows(take)[0][0]:
        if time.monotonic() > deadline:
            raise Busy(f"for {LOCK_SECONDS} seconds another run has been changing users of this database")
        time.sleep(LOCK_PAUSE)
    yield


class Plan:
    """What is asked for, and what had to be left."""

    def __init__(self, session, request, logins, passing):
        self.session = session
        self.request = request
        self.logins = logins
        # Codes of errors that the next pass may no longer meet.
        self.passing = passing
        self.owner = request.find(OWNER)
        self.reader = request.find(READER)
        self.open = []
        self.removed = []

    def settle(self, stage):
        """Does what a stage finds missing, until it finds nothing."""
        for _ in range(PASSES):
            statements, failure = stage(self), None
            if not statements:
                return
            for statement in statements:
                try:
                    self.session.change(statement)
                except StatementFailed as error:
                    if error.code not in self.passing:
                        raise
                    failure = error
            if failure:
                time.sleep(PASS_PAUSE)
        raise failure or Failure(
            f"{PASSES} times over the database did not keep what it was told: {'; '.join(statements)}"
        )
