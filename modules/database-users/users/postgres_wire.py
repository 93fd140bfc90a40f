"""A connection to PostgreSQL that hands its password to nobody: verified TLS, SCRAM, and no other way in."""

from pg8000.core import CoreConnection
from pg8000.exceptions import DatabaseError, InterfaceError
from scramp import ScramException

from . import connection
from .connection import CONNECT_SECONDS, IDLE_SECONDS, LOCK_SECONDS, STATEMENT_SECONDS
from .failure import LoginRefused, StatementFailed, Unreachable

# Stated at the start, they win over what a role has set for itself.
SETTINGS = {
    "default_transaction_read_only": "off",
    "idle_session_timeout": f"{IDLE_SECONDS}s",
    "lock_timeout": f"{LOCK_SECONDS}s",
    "role": "none",
    "search_path": "pg_catalog",  # least privilege: test_what_the_owner_makes_does_not_act_for_the_master
    "standard_conforming_strings": "on",
    "statement_timeout": f"{STATEMENT_SECONDS}s",
}

# Codes of an authentication request.
OK, SASL, SASL_CONTINUE, SASL_FINAL = 0, 10, 11, 12

# The user or its password is another: the class of the code. No database, no right or no room for it is not that.
WRONG_LOGIN = "28"


class Wire(CoreConnection):
    """The driver would also answer a server that asks for the password in clear text, or believe one that asks for none."""

    is_proved = False

    def handle_AUTHENTICATION_REQUEST(self, data, context):
        code = int.from_bytes(data[:4], "big")
        if code not in (OK, SASL, SASL_CONTINUE, SASL_FINAL):
            raise InterfaceError(  # least privilege: test_an_impostor_gets_no_password
                f"the server asks for authentication {code}, and only SCRAM is answered"
            )
        if code == OK and not self.is_proved:
            raise InterfaceError(  # least privilege: test_an_impostor_gets_no_statement
                "the server lets in without SCRAM, so it has not proved that it knows the user"
            )
        super().handle_AUTHENTICATION_REQUEST(data, context)
        if code == SASL_FINAL:
            self.is_proved = True

    def close(self):
        try:
            super().close()
        except (InterfaceError, OSError):
            pass  # the other side was faster; what it said counts


class Session(connection.Session):
    def _send(self, sql, told):
        self.wire.notices.clear()
        try:
            context = self.wire.execute_simple(sql)
        except DatabaseError as error:
            raise StatementFailed(f"{spoken(error.args[0])}, at: {told}", error.args[0].get("C")) from None
        except (InterfaceError, OSError) as error:
            raise Unreachable(f"the connection broke ({type(error).__name__}), at: {told}") from None
        for notice in self.wire.notices:
            # GRANT and REVOKE by one who may not only warn.
            code = notice.get(b"C", b"").decode()
            if code.startswith("01"):
                raise StatementFailed(f"only a warning, {code} {notice.get(b'M', b'').decode()}, at: {told}", code)
        return context.rows or []


def connect(place, login):
    try:
        wire = Wire(
            login.username,
            # The driver verifies the certificate for it.
            host=place.host,
            sock=connection.open_socket(place),
            database=place.database,
            password=login.password,
            ssl_context=connection.make_context(),  # least privilege: test_a_server_without_a_certificate_of_rds_gets_nothing
            application_name="valet-rds",
            startup_params=SETTINGS,
        )
    except DatabaseError as error:
        fields = error.args[0]
        words = f"{login.username} cannot log in to {place.database} on {place.host}: {spoken(fields)}"
        raise (LoginRefused if fields.get("C", "").startswith(WRONG_LOGIN) else Unreachable)(words) from None
    except (InterfaceError, ScramException, OSError, ValueError) as error:
        reason = error.__cause__ or error
        raise Unreachable(
            f"no connection to {place.host}:{place.port} for {login.username}: {type(reason).__name__}: {reason}"
        ) from None
    # Statements may take longer than a connection.
    wire._usock.settimeout(STATEMENT_SECONDS + CONNECT_SECONDS)
    return Session(wire)


def spoken(fields):
    """What the server says, without the statement that it may repeat."""
    return " ".join(filter(None, (fields.get("C"), fields.get("M"), fields.get("D"))))
