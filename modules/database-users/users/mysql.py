"""MySQL 8.0 and later, and what it has in common with MariaDB: what users may do, as statements that are still missing.

Each stage looks at the server and answers with what to change, and comes round until nothing is left, as in PostgreSQL.
Nothing in a database has an owner here: rights are on the database as a whole, so that what is made later is within them,
and whoever has made it. A right that is not wanted is revoked by name: to revoke them all would take marks along.
"""

import re

from . import mysql_wire, verifier
from . import plan as plans
from .failure import Failure
from .request import OWNER, READER

# An attribute that only an administrator of users can write. Its value is the user's role.
MARK = "valet-rds"

# One name for everybody who changes users of this server.
LOCK = "valet-rds"

# Clients reach the database through a proxy, whose addresses change.
HOST = "%"

# What an application does to its database, migrations included; of what can be given on one, all that RDS's masters have.
OWNERS = {
    "ALTER", "ALTER ROUTINE", "CREATE", "CREATE ROUTINE", "CREATE TEMPORARY TABLES", "CREATE VIEW", "DELETE", "DROP", "EVENT",
    "EXECUTE", "INDEX", "INSERT", "LOCK TABLES", "REFERENCES", "SELECT", "SHOW VIEW", "TRIGGER", "UPDATE",
}  # fmt: skip
# Without EXECUTE: a procedure writes with the rights of whom it is by, unless it was made otherwise.
READERS = {"SELECT", "SHOW VIEW"}
WANTED = {OWNER: OWNERS, READER: READERS}

GRANT_OPTION = "GRANT OPTION"
# That its holder may log in, which is no right.
NOTHING = "USAGE"
# What the master has not, and so cannot take.
MIGHTY = {"SUPER", "SYSTEM_USER"}

# Their names are the server's, and they are shown to everybody.
CATALOGUES = {"information_schema", "performance_schema"}
# Longer ones are cut off by some servers, and are then another database's.
LONGEST_PATTERN = 64

# Somebody else was at the same thing: a lock, a user or a right that two have changed, a session that has gone.
PASSING = {1094, 1133, 1141, 1147, 1205, 1213, 1396, 1403, 1959}


def name(value):
    return "`" + value.replace("`", "``") + "`"


def text(value):
    return "'" + value.replace("'", "''") + "'"


def texts(values):
    """A list for `IN`, which must not be empty."""
    return "(" + ", ".join(map(text, values)) + ")" if values else "(NULL)"


def escape(value):
    """A name where some letters would stand for others."""
    return re.sub(r"([\\_%])", r"\\\1", value)


def account(username, host=HOST):
    """Whom a statement is about; a role of MariaDB has no host."""
    return f"{text(username)}@{text(host)}" if host else name(username)


def grantee(username, host=HOST):
    """The same in the views of rights, where nothing in a name is escaped."""
    return f"'{username}'@'{host}'"


class Account:
    """A user that the server has."""

    def __init__(self, username, host, marks, is_mighty, is_locked, is_proper):
        self.username, self.host = username, host
        # Its role, and for a moment the one that it had before.
        self.marks = marks.split(",") if marks else []
        self.is_mighty, self.is_locked, self.is_proper = bool(is_mighty), bool(is_locked), bool(is_proper)


class Plan(plans.Plan):
    """One run: what is asked for, and what the server says about itself."""

    def __init__(self, engine, session, request, logins):
        super().__init__(session, request, logins, PASSING)
        self.engine = engine
        self.master = session.username
        self.pattern = engine.pattern(session, request.place.database)

    def accounts(self):
        return [Account(*row) for row in self.session.rows(self.engine.accounts())]

    def find_removed(self):
        """Accounts that were made here and are asked for no more. What RDS keeps for itself is never one, whoever marks it."""
        found = [
            one
            for one in self.accounts()
            if one.marks
            and (one.username not in self.request.names or one.host != HOST)
            and one.username != self.master
            and not one.username.startswith(("rds", "mysql."))
        ]
        self.removed = sorted({one.username for one in found})
        return found

    def held(self):
        """Our accounts with their marks, and what each holds on what."""
        ours = {(user.name, HOST): [user.role] for user in self.request.users}
        ours |= {(one.username, one.host): one.marks for one in self.find_removed()}
        ours |= {(role, ""): [] for role in self.engine.roles}
        grantees = {grantee(*one): one for one in ours}
        held = {}
        for view, scope in (
            ("USER_PRIVILEGES", "'*.*'"),
            ("SCHEMA_PRIVILEGES", f"CONCAT({quoted('TABLE_SCHEMA')}, '.*')"),
            ("TABLE_PRIVILEGES", f"CONCAT({quoted('TABLE_SCHEMA')}, '.', {quoted('TABLE_NAME')})"),
        ):
            for whose, where, privilege, is_grantable in self.session.rows(
                f"SELECT GRANTEE, {scope}, PRIVILEGE_TYPE, IS_GRANTABLE FROM information_schema.{view} "
                f"WHERE GRANTEE IN {texts(grantees)}"
            ):
                # The view may hold two names for the same.
                if whose in grantees:
                    rights = held.setdefault((grantees[whose], where), set())
                    rights |= {privilege} - {NOTHING} | ({GRANT_OPTION} if is_grantable == "YES" else set())
        for whose, where, column, privilege in self.session.rows(
            f"SELECT GRANTEE, CONCAT({quoted('TABLE_SCHEMA')}, '.', {quoted('TABLE_NAME')}), {quoted('COLUMN_NAME')}, "
            f"PRIVILEGE_TYPE FROM information_schema.COLUMN_PRIVILEGES WHERE GRANTEE IN {texts(grantees)}"
        ):
            if whose in grantees:
                held.setdefault((grantees[whose], where), set()).add(f"{privilege} ({column})")
        for username, host, kind, privileges, *names in self.session.rows(
            "SELECT User, Host, CONCAT(Routine_type, ''), CONCAT(Proc_priv, ''), HEX(CONVERT(Db USING latin1)), "
            f"HEX(CONVERT(Routine_name USING latin1)) FROM mysql.procs_priv WHERE User IN {texts([one[0] for one in ours])}"
        ):
            if (username, host) in ours:
                # The servers write these names as if each byte of theirs was a letter.
                where = ".".join(name(bytes.fromhex(one).decode(errors="replace")) for one in names)
                rights = {GRANT_OPTION if one == "Grant" else one.upper() for one in privileges.split(",") if one}
                held[(username, host), f"{kind} {where}"] = rights
        return ours, held


def quoted(column):
    """What is in a column, as it stands in a statement."""
    return f"CONCAT('`', REPLACE({column}, '`', '``'), '`')"


class MySql:
    """What the function asks of an engine, see PostgreSQL's."""

    LONGEST_NAME = 32
    RESERVED = {"event_scheduler", "root"}
    RESERVED_BEGINNINGS = ()

    # How a user proves its password, and what else a master may have.
    PLUGINS = ("caching_sha2_password", "mysql_native_password")
    # The rights of RDS's masters are those of a role.
    SETTINGS = ("SET SESSION TRANSACTION READ WRITE", "SET ROLE ALL")

    # Roles that mark users.
    roles = ()

    def connect(self, place, login):
        return mysql_wire.connect(place, login, self.PLUGINS, self.SETTINGS)

    def alone(self, session):
        return plans.alone(session, f"SELECT GET_LOCK({text(LOCK)}, 0)")

    def apply(self, session, request, logins):
        """Makes the users, and takes what others of ours had: what was found, and what had to be left open."""
        plan = Plan(self, session, request, logins)
        refuse(plan)
        for stage in STAGES:
            plan.settle(stage)
        look(plan)
        return plan

    def set_password(self, session, login):
        if session.username != login.username:
            session.change(f"ALTER USER {account(login.username)} {self.identified(login.password)}")
        else:
            self.set_own_password(session, login)

    def set_own_password(self, session, login):
        """Who is no administrator of users can only say the password itself; the server's logs leave it out."""
        start = "ALTER USER USER() IDENTIFIED BY"
        session.change(f"{start} {text(login.password)}", told=f"{start} …")

    def identified(self, password):
        return f"IDENTIFIED WITH {self.PLUGINS[0]} AS 0x{verifier.caching_sha2(password).encode().hex()}"

    def prove(self, session, user, request, _master):
        prove(self, session, user, request)
        return look_around(session, user, request)

    def pattern(self, session, database):
        """The database in a statement about rights. Where rights can be taken in part, a name is nothing but a name; else
        two letters stand for any."""
        [[is_name]] = session.rows("SELECT @@partial_revokes")
        return database if is_name else escape(database)

    def accounts(self):
        return (
            "SELECT u.User, u.Host, JSON_UNQUOTE(JSON_EXTRACT(a.ATTRIBUTE, '$.\"valet-rds\"')), "
            f"u.Super_priv = 'Y' OR EXISTS (SELECT 1 FROM mysql.global_grants g WHERE (g.USER, g.HOST) = (u.User, u.Host) "
            f"AND g.PRIV IN {texts(sorted(MIGHTY))}) "
            "OR EXISTS (SELECT 1 FROM mysql.role_edges e WHERE (e.FROM_USER, e.FROM_HOST) = (u.User, u.Host)), "
            "u.account_locked = 'Y', "
            f"u.plugin = {text(self.PLUGINS[0])} AND u.ssl_type = 'ANY' AND u.password_expired = 'N' "
            "AND coalesce(u.password_lifetime = 0, false) AND coalesce(u.Password_require_current, 'N') = 'N' "
            "AND u.max_questions + u.max_updates + u.max_connections + u.max_user_connections = 0 "
            "AND JSON_EXTRACT(u.User_attributes, '$.additional_password') IS NULL "
            "AND JSON_EXTRACT(u.User_attributes, '$.Password_locking') IS NULL "
            "FROM mysql.user u JOIN information_schema.USER_ATTRIBUTES a ON (a.USER, a.HOST) = (u.User, u.Host)"
        )

    def make(self, user, login):
        # In one statement, so that no user is without its mark.
        return [
            f"CREATE USER {account(user.name)} {self.identified(login.password)} REQUIRE SSL PASSWORD EXPIRE NEVER "
            f"PASSWORD REQUIRE CURRENT OPTIONAL ATTRIBUTE {self.mark_of(user)}"
        ]

    def mark(self, user, marks):
        return [f"ALTER USER {account(user.name)} ATTRIBUTE {self.mark_of(user)}"]

    def mark_of(self, user):
        return text(f'{{"{MARK}": "{user.role}"}}')

    def repair(self, user, login):
        """What an administrator may have changed of a user, and of one that was there before: its way to log in, and how
        often, how long and with what it may."""
        who = account(user.name)
        return [
            f"ALTER USER {who} {self.identified(login.password)} REQUIRE SSL WITH MAX_QUERIES_PER_HOUR 0 "
            "MAX_UPDATES_PER_HOUR 0 MAX_CONNECTIONS_PER_HOUR 0 MAX_USER_CONNECTIONS 0 PASSWORD EXPIRE NEVER "
            "PASSWORD REQUIRE CURRENT OPTIONAL FAILED_LOGIN_ATTEMPTS 0 PASSWORD_LOCK_TIME 0",
            f"ALTER USER {who} DISCARD OLD PASSWORD",
        ]

    def memberships(self, names):
        """Whom which role acts for: the member and its host, the role and its host."""
        return (
            f"SELECT TO_USER, TO_HOST, FROM_USER, FROM_HOST FROM mysql.role_edges WHERE TO_USER IN {texts(names)} "
            "ORDER BY 1, 2, 3, 4"
        )

    def is_mark(self, role, marks):
        """Whether a role that a user has is its mark."""
        return False

    def make_marks(self, accounts):
        """What has to be there before a user can be marked."""
        return []

    def everybody(self):
        """Rights that everybody has, as the part of a table's name that says on what."""
        return f"SELECT DISTINCT {quoted('Db')} FROM mysql.db WHERE User = '' ORDER BY 1"


ENGINE = MySql()


def refuse(plan):
    """Users that are not ours, or are more than a user, stay as they are."""
    if len(plan.pattern) > LONGEST_PATTERN:
        raise Failure(
            f"no right can be given on {plan.request.place.database} alone: its name has more than {LONGEST_PATTERN} "
            "letters, when each _ counts twice"
        )
    for user in plan.request.users:
        if user.name == plan.master:
            raise Failure(  # least privilege: test_mysql_never_makes_the_master_a_user
                f"{user.name} is the master, which cannot be a user of the application"
            )
    for one in plan.accounts():
        if one.username not in plan.request.names:
            continue
        if one.host != HOST:
            raise Failure(  # least privilege: test_mysql_refuses_a_namesake_on_another_host
                f"the server has {grantee(one.username, one.host)}, who would log in instead of {grantee(one.username)}, or is "
                "a role: drop or rename it first"
            )
        if one.is_mighty:
            raise Failure(  # least privilege: test_mysql_never_makes_a_mighty_user_one_of_ours
                f"{one.username} is an administrator of the server, or others act for it as their role: it is not made a user"
            )
        if not one.marks and one.username not in plan.request.adopt:
            raise Failure(  # least privilege: test_mysql_refuses_a_stranger_until_adopted
                f"the server has a user {one.username} that was not made here; to take it over, with a new password and "
                "without its other rights and its roles, name it under adopt"
            )


def make_users(plan):
    accounts = plan.accounts()
    statements = plan.engine.make_marks(accounts)
    found = {one.username: one for one in accounts if one.host == HOST}
    for user in plan.request.users:
        login, one = plan.logins[user.name], found.get(user.name)
        if not one:
            statements += plan.engine.make(user, login)
            continue
        if one.marks != [user.role]:
            statements += plan.engine.mark(user, one.marks)
        if not one.is_proper:
            statements += plan.engine.repair(user, login)  # least privilege: test_mysql_repairs_each_attribute
        if one.is_locked:
            statements.append(f"ALTER USER {account(user.name)} ACCOUNT UNLOCK")
    return statements


def end_logins(plan):
    """Users that left the config: no login and no session. Their rights stay, because what they made may run with them."""
    statements = []
    for one in plan.find_removed():
        if not one.is_locked:
            statements.append(  # least privilege: test_mysql_locks_a_removed_user
                f"ALTER USER {account(one.username, one.host)} ACCOUNT LOCK"
            )
    for number, username in plan.session.rows(
        f"SELECT ID, USER FROM information_schema.PROCESSLIST WHERE USER IN {texts(plan.removed)} AND COMMAND <> 'Killed' "
        "ORDER BY ID"
    ):
        # The view takes capitals for small letters.
        if username in plan.removed:
            statements.append(  # least privilege: test_mysql_ends_the_sessions_of_a_removed_user
                f"CALL mysql.rds_kill({number})"
            )
    return statements


def take_rights(plan):
    """What is not wanted, wherever it holds: on the server, a database, a table, a column, a routine, or by a role."""
    ours, held = plan.held()
    own = f"{name(plan.pattern)}.*"
    statements = []
    for (who, where), rights in sorted(held.items()):
        wanted = set().union(*(WANTED.get(mark, ()) for mark in ours[who])) if where == own else set()
        if excess := sorted(rights - wanted):
            statements.append(  # least privilege: test_mysql_takes_rights_wherever_they_hold
                f"REVOKE {', '.join(excess)} ON {where} FROM {account(*who)}"
            )
    for member, host, role, role_host in plan.session.rows(plan.engine.memberships([one[0] for one in ours])):
        if (member, host) in ours and not plan.engine.is_mark(role, ours[member, host]):
            statements.append(  # least privilege: test_mysql_takes_roles_away
                f"REVOKE {account(role, role_host)} FROM {account(member, host)}"
            )
    return statements


def give_rights(plan):
    _, held = plan.held()
    where = f"{name(plan.pattern)}.*"
    statements = []
    for user in plan.request.users:
        if missing := sorted(WANTED[user.role] - held.get(((user.name, HOST), where), set())):
            statements.append(f"GRANT {', '.join(missing)} ON {where} TO {account(user.name)}")
    return statements


STAGES = (make_users, end_logins, take_rights, give_rights)


def look(plan):
    """What runs with the rights of others, and what everybody may. It is told, so that nobody takes it for closed."""
    for [where] in plan.session.rows(plan.engine.everybody()):
        plan.open.append(f"everybody may use {where}")
    if not plan.owner:
        return
    database = text(plan.request.place.database)
    owner = f"{plan.owner.name}@{HOST}"
    for definer, count in plan.session.rows(
        "SELECT whose, COUNT(*) FROM ("
        f"SELECT DEFINER AS whose FROM information_schema.VIEWS WHERE TABLE_SCHEMA = {database} AND SECURITY_TYPE = 'DEFINER' "
        f"UNION ALL SELECT DEFINER FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA = {database} "
        f"AND SECURITY_TYPE = 'DEFINER' "
        f"UNION ALL SELECT DEFINER FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = {database} "
        f"UNION ALL SELECT DEFINER FROM information_schema.EVENTS WHERE EVENT_SCHEMA = {database}"
        f") AS found WHERE whose <> {text(owner)} GROUP BY whose ORDER BY whose"
    ):
        plan.open.append(
            f"{count} views, routines, triggers or events run with the rights of {definer}, and not of {plan.owner.name}"
        )


def prove(engine, session, user, request):
    """Looks as the user itself at what it may do: what must not be fails."""
    [[whose]] = session.rows("SELECT CURRENT_USER()")
    if whose != f"{user.name}@{HOST}":
        raise Failure(f"{user.name} is taken for {whose}")
    mighty = {
        GRANT_OPTION if privilege == NOTHING else privilege
        for privilege, is_grantable in session.rows(
            "SELECT PRIVILEGE_TYPE, IS_GRANTABLE FROM information_schema.USER_PRIVILEGES"
        )
        if privilege != NOTHING or is_grantable == "YES"
    }
    roles = {
        role
        for [role] in session.rows("SELECT ROLE_NAME FROM information_schema.APPLICABLE_ROLES")
        if not engine.is_mark(role, [user.role])
    }
    if mighty or roles:
        raise Failure(  # least privilege: test_mysql_finds_by_its_proof_what_a_run_has_missed
            f"{user.name} may do more than a user: {', '.join(sorted(mighty)) or 'nothing'} on the server, and it acts for "
            f"{', '.join(sorted(roles)) or 'nobody'}"
        )
    pattern = engine.pattern(session, request.place.database)
    held = {
        privilege
        for schema, privilege in session.rows(
            "SELECT TABLE_SCHEMA, PRIVILEGE_TYPE FROM information_schema.SCHEMA_PRIVILEGES"
        )
        if schema == pattern
    }
    if missing := WANTED[user.role] - held:
        raise Failure(f"{user.name} may not {', '.join(sorted(missing))} in {request.place.database}")


def look_around(session, user, request):
    """Other databases that the user sees, by whatever right."""
    return [
        f"{user.name} may use the database {database}"
        for [database] in session.rows("SELECT SCHEMA_NAME FROM information_schema.SCHEMATA ORDER BY SCHEMA_NAME")
        if database not in {request.place.database} | CATALOGUES
    ]
