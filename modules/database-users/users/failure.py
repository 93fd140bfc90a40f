"""What stops a run. The words reach a state, a log and a pipeline, so they hold no password."""


class Failure(RuntimeError):
    """Something that a person has to read."""


class BadInput(Failure):
    """The event or the environment is not what the modules send."""


class Busy(Failure):
    """Another run has the database."""


class Unreachable(Failure):
    """No connection came about."""


class LoginRefused(Failure):
    """The database does not know this user, or not with this password."""


class StatementFailed(Failure):
    """The database did not do what it was told, or only warned."""

    def __init__(self, words, code):
        super().__init__(words)
        # As the engine has them.
        self.code = code
