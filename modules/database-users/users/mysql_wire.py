"""A connection to MySQL or MariaDB. Only the certificate tells the server from an impostor, so nothing is said without it."""

from pymysql.connections import Connection
from pymysql.err import Error, InternalError

from . import connection
from .connection import CONNECT_SECONDS, IDLE_SECONDS, LOCK_SECONDS, STATEMENT_SECONDS
from .failure import Failure, LoginRefused, StatementFailed, Unreachable

# The first part says how the texts of all statements are to be read.
SETTINGS = (
    "SET SESSION sql_mode = 'NO_BACKSLASH_ESCAPES,NO_ENGINE_SUBSTITUTION,STRICT_ALL_TABLES', autocommit = 1, "
    f"lock_wait_timeout = {LOCK_SECONDS}, wait_timeout = {IDLE_SECONDS}"
)

# The user or its password is another, or the user is locked: in MySQL, and in MariaDB.
WRONG_LOGIN = {1045, 3118, 4151}
# Nothing was said, or not to the end.
BROKEN = range(2000, 3000)


class Wire(Connection):
    """The driver would also answer a server that asks for the password in clear text, where its users have none of that."""

    def __init__(self, plugins, **more):
        self.plugins = plugins
        super().__init__(**more)

    def _get_server_information(self):
        super()._get_server_information()
        if self._auth_plugin_name not in self.plugins:
            # What a server would rather have says nothing of this user; it asks again for what the user has.
            self._auth_plugin_name = self.plugins[0]

    def _process_auth(self, plugin_name, auth_packet, handler=None):
        name = plugin_name.decode(errors="replace")
        if name not in self.plugins:
            raise InternalError(  # least privilege: test_an_impostor_gets_no_password_in_clear_text
                0, f"the server asks for {name}, and only {' and '.join(self.plugins)} are answered"
            )
        return super()._process_auth(plugin_name, auth_packet, handler)


class Session(connection.Session):
    def __init__(self, wire, username):
        super().__init__(wire)
        self.username = username

    def _send(self, sql, told):
        try:
            with self.wire.cursor() as cursor:
                cursor.execute(sql)
                return cursor.fetchall()
        except Error as error:
            code, words = spell(error)
            if code in BROKEN or not code:
                raise Unreachable(f"the connection broke ({words}), at: {told}") from None
            raise StatementFailed(f"{code} {words}, at: {told}", code) from None

    def close(self):
        try:
            super().close()
        except Error:
            pass  # the other side was faster; what it said counts


def connect(place, login, plugins, settings):
    try:
        wire = Wire(
            plugins,
            user=login.username,
            # The driver verifies the certificate for it.
            host=place.host,
            database=place.database,
            password=login.password,
            ssl=connection.make_context(),  # least privilege: test_a_server_without_a_certificate_of_rds_gets_nothing
            charset="utf8mb4",
            autocommit=None,
            read_timeout=CONNECT_SECONDS,
            write_timeout=CONNECT_SECONDS,
            program_name="valet-rds",
            defer_connect=True,
        )
        wire.connect(connection.open_socket(place))
    except (Error, OSError, ValueError) as error:
        code, words = spell(error)
        if code in BROKEN or not code:
            reason = getattr(error, "original_exception", error)
            words = str(reason) if reason is not error else words
            raise Unreachable(
                f"no connection to {place.host}:{place.port} for {login.username}: {type(reason).__name__}: {words}"
            ) from None
        words = f"{login.username} cannot log in to {place.database} on {place.host}: {code} {words}"
        raise (LoginRefused if code in WRONG_LOGIN else Unreachable)(words) from None
    # Statements may take longer than a connection.
    wire._read_timeout = wire._write_timeout = STATEMENT_SECONDS + CONNECT_SECONDS
    session = Session(wire, login.username)
    try:
        for statement in (SETTINGS, *settings):
            session.rows(statement)
    except Failure:
        session.close()
        raise
    return session


def spell(error):
    """The number of an error of the server or the driver, none of others, and its words."""
    code, *words = error.args if isinstance(error, Error) and isinstance(error.args[0], int) else (0, str(error))
    return code, " ".join(map(str, words))
