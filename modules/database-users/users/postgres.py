"""PostgreSQL 14 and later: what users may do, as statements that are still missing.

Each stage looks at the database and answers with what to change, and comes round until nothing is left: so a run that
was killed at any statement is finished by the next one, a second run changes nothing, and what clients do meanwhile
is seen. Every statement is a transaction of its own.
"""

from . import plan as plans
from . import verifier
from .failure import Failure
from .postgres_wire import connect
from .request import OWNER

LONGEST_NAME = 63
# What its SQL means by a name.
RESERVED = {"current_role", "session_user"}
RESERVED_BEGINNINGS = ("pg_",)

# A comment that only an administrator of roles can write. What follows is the user's role.
MARK = "valet-rds:"

# One number for everybody who changes users of this database.
LOCK = int.from_bytes(b"valetrds", "big")

# Somebody else was at the same thing: a lock, a row that two have changed, a thing that is gone. The next pass sees.
PASSING = {"55P03", "XX000", "40P01", "40001", "42P01", "42704", "42883", "3F000"}

# A proxy may look at it whatever its clients' database is, and nothing of the application is in it.
MAINTENANCE = "postgres"

# What can be given to another owner, in the order in which clients notice least.
MOVABLE = (
    "schema", "type", "collation", "conversion", "operator",
    "text search configuration", "text search dictionary", "sequence", "table", "foreign table", "statistics object",
    "large object", "materialized view", "view", "aggregate", "procedure", "function", "server",
)  # fmt: skip
# They are about their owner, or about the database as a whole.
UNMOVED = {"default acl", "extension", "user mapping"}

# Letter in pg_default_acl, what it is in a statement, all that an owner may do, and what a reader may.
DEFAULTS = (
    ("n", "SCHEMAS", ("CREATE", "USAGE"), ("USAGE",)),
    ("r", "TABLES", ("DELETE", "INSERT", "REFERENCES", "SELECT", "TRIGGER", "TRUNCATE", "UPDATE"), ("SELECT",)),
    ("S", "SEQUENCES", ("SELECT", "UPDATE", "USAGE"), ("SELECT",)),
    ("f", "FUNCTIONS", ("EXECUTE",), ()),
    ("T", "TYPES", ("USAGE",), ()),
)  # fmt: skip

# Relations that can be read, but for indexes and what is temporary.
RELATIONS = "c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND c.relpersistence <> 't'"
# The databases that a run is about: RDS's own and the maintenance database are not.
VISIBLE = f"(datname = current_database() OR datname NOT IN ('{MAINTENANCE}', 'rdsadmin'))"
NO_SYSTEM_SCHEMA = r"n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'"


def name(value):
    return '"' + value.replace('"', '""') + '"'


def text(value):
    return "'" + value.replace("'", "''") + "'"


def texts(values):
    """A list for `IN`, which must not be empty."""
    return "(" + ", ".join(map(text, values)) + ")" if values else "(NULL)"


def alone(session):
    return plans.alone(session, f"SELECT pg_try_advisory_lock({LOCK})")


def set_password(session, login):
    session.change(f"ALTER ROLE {name(login.username)} PASSWORD {text(verifier.scram(login.password))}")


class Plan(plans.Plan):
    """One run: what is asked for, and what the database says about itself."""

    def __init__(self, session, request, logins):
        super().__init__(session, request, logins, PASSING)
        [[self.master, self.database, version]] = session.rows(
            "SELECT session_user, current_database(), current_setting('server_version_num')::int"
        )
        # From 16 on a membership says what it is good for, and who made a role administers it.
        self.has_options = version >= 160000


def apply(session, request, logins):
    """Makes the users, and takes what others of ours had: the number of statements, and what had to be left open."""
    plan = Plan(session, request, logins)
    refuse(plan)
    for stage in STAGES:
        plan.settle(stage)
    look(plan)
    return plan


def refuse(plan):
    """Roles that are not ours, or are more than a user, stay as they are."""
    for user in plan.request.users:
        if user.name == plan.master:
            raise Failure(  # least privilege: test_the_master_is_never_made_a_user
                f"{user.name} is the master, which cannot be a user of the application"
            )
        found = plan.session.rows(
            "SELECT rolsuper OR rolreplication OR rolbypassrls, "
            f"coalesce(shobj_description(oid, 'pg_authid'), '') LIKE {text(MARK + '%')} "
            f"FROM pg_roles WHERE rolname = {text(user.name)}"
        )
        for is_mighty, is_ours in found:
            if is_mighty:
                raise Failure(  # least privilege: test_a_mighty_role_is_never_made_a_user
                    f"{user.name} is a superuser, or replicates, or passes row security: it is not made a user"
                )
            if not is_ours and user.name not in plan.request.adopt:
                raise Failure(  # least privilege: test_a_stranger_is_refused_until_adopted
                    f"the database has a role {user.name} that was not made here; to take it over, with a new password "
                    "and without its memberships, name it under adopt"
                )


def make_roles(plan):
    statements = []
    for user in plan.request.users:
        mark = f"COMMENT ON ROLE {name(user.name)} IS {text(MARK + user.role)}"
        found = plan.session.rows(
            "SELECT shobj_description(oid, 'pg_authid'), rolcanlogin, rolcreatedb, rolcreaterole, rolinherit, "
            "rolconnlimit <> -1, coalesce(rolvaliduntil <> 'infinity', false) "
            f"FROM pg_roles WHERE rolname = {text(user.name)}"
        )
        if not found:
            password = text(verifier.scram(plan.logins[user.name].password))
            # In one message, so that no role is without its mark.
            statements.append(f"CREATE ROLE {name(user.name)} LOGIN PASSWORD {password}; {mark}")
            continue
        [[comment, can_login, creates_databases, creates_roles, inherits, is_limited, expires]] = found
        if comment != MARK + user.role:
            statements.append(mark)
        wanted = (
            (not can_login, "LOGIN"),
            (creates_databases, "NOCREATEDB"),  # least privilege: test_each_attribute_is_repaired
            (creates_roles, "NOCREATEROLE"),  # least privilege: test_each_attribute_is_repaired
            (not inherits, "INHERIT"),
            (is_limited, "CONNECTION LIMIT -1"),
            (expires, "VALID UNTIL 'infinity'"),
        )
        for differs, attribute in wanted:
            if differs:
                statements.append(f"ALTER ROLE {name(user.name)} {attribute}")
    return statements


def make_memberships(plan):
    """The master acts for our roles, and they act for nobody."""
    plan.removed = [
        row[0]
        for row in plan.session.rows(
            f"SELECT rolname FROM pg_roles WHERE shobj_description(oid, 'pg_authid') LIKE {text(MARK + '%')} "
            f"AND rolname NOT IN {texts(plan.request.names or [''])} ORDER BY rolname"
        )
    ]
    statements = []
    for role in plan.request.names + plan.removed:
        members = plan.session.rows(
            f"SELECT {'inherit_option, set_option' if plan.has_options else 'admin_option, admin_option'} "
            f"FROM pg_auth_members WHERE roleid = {text(name(role))}::regrole AND member = {text(name(plan.master))}::regrole"
        )
        if not all(any(row[option] for row in members) for option in (0, 1)):
            # Before 16 ADMIN, too: without it nobody could manage the role after an upgrade.
            option = "INHERIT TRUE, SET TRUE" if plan.has_options else "ADMIN OPTION"
            statements.append(f"GRANT {name(role)} TO {name(plan.master)} WITH {option}")
    for member, role in plan.session.rows(
        "SELECT DISTINCT m.member::regrole::text, m.roleid::regrole::text FROM pg_auth_members m "
        f"JOIN pg_roles u ON u.oid = m.member WHERE u.rolname IN {texts(plan.request.names + plan.removed)} ORDER BY 1, 2"
    ):
        statements.append(f"REVOKE {role} FROM {member}")  # least privilege: test_memberships_are_taken_away
    return statements


def end_logins(plan):
    """Users that left the config: no login and no session, but all that they own."""
    statements = []
    for role, can_login, has_sessions in plan.session.rows(
        "SELECT rolname, rolcanlogin, EXISTS (SELECT FROM pg_stat_activity a WHERE a.usesysid = r.oid) "
        f"FROM pg_roles r WHERE rolname IN {texts(plan.removed)} ORDER BY rolname"
    ):
        if can_login:
            statements.append(f"ALTER ROLE {name(role)} NOLOGIN")  # least privilege: test_a_removed_user_cannot_log_in
        if has_sessions:
            statements.append(  # least privilege: test_the_sessions_of_a_removed_user_end
                f"SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE usename = {text(role)}"
            )
    return statements


def close_databases(plan):
    """Nobody connects by being somebody. Who did so until now, gets it by name."""
    if not plan.owner:
        return []
    statements = []
    public = plan.session.rows(
        "SELECT datname, array_agg(privilege_type::text ORDER BY privilege_type) "
        "FROM pg_database, aclexplode(coalesce(datacl, acldefault('d', datdba))) "
        "WHERE grantee = 0 AND datallowconn AND NOT datistemplate AND pg_has_role(datdba, 'USAGE') "
        f"AND {VISIBLE} GROUP BY datname ORDER BY datname"
    )
    for database, privileges in public:
        strangers = plan.session.rows(
            "SELECT r.rolname FROM pg_roles r, pg_database d "
            f"WHERE d.datname = {text(database)} AND r.rolcanlogin AND NOT r.rolsuper AND r.oid <> d.datdba "
            f"AND r.rolname NOT IN {texts([*plan.request.names, *plan.removed, plan.master])} "
            "AND NOT EXISTS (SELECT FROM aclexplode(d.datacl) g WHERE g.grantee = r.oid AND g.privilege_type = 'CONNECT') "
            "ORDER BY r.rolname"
        )
        rights = ", ".join(privileges)
        for [stranger] in strangers:
            statements.append(f"GRANT {rights} ON DATABASE {name(database)} TO {name(stranger)}")
        statements.append(  # least privilege: test_neither_reads_other_databases
            f"REVOKE {rights} ON DATABASE {name(database)} FROM PUBLIC"
        )
    return statements


def open_database(plan):
    if not plan.owner:
        return []
    held = {
        (grantee, privilege)
        for grantee, privilege in plan.session.rows(
            "SELECT r.rolname, g.privilege_type::text FROM pg_database d, aclexplode(d.datacl) g, pg_roles r "
            f"WHERE d.datname = current_database() AND r.oid = g.grantee AND r.rolname IN {texts(plan.request.names)}"
        )
    }
    statements = []
    for user, wanted in ((plan.owner, {"CONNECT", "CREATE", "TEMPORARY"}), (plan.reader, {"CONNECT"})):
        if not user:
            continue
        has = {privilege for grantee, privilege in held if grantee == user.name}
        if missing := sorted(wanted - has):
            statements.append(f"GRANT {', '.join(missing)} ON DATABASE {name(plan.database)} TO {name(user.name)}")
        if excess := sorted(has - wanted):
            statements.append(  # least privilege: test_rights_on_the_database_are_taken_away
                f"REVOKE {', '.join(excess)} ON DATABASE {name(plan.database)} FROM {name(user.name)}"
            )
    return statements


def take_public(plan):
    """The schema that everybody has; before 15 it may belong to a superuser, who alone can give it away."""
    if not plan.owner:
        return []
    statements = []
    for holder, is_ours, is_open in plan.session.rows(
        "SELECT pg_get_userbyid(nspowner), pg_has_role(nspowner, 'USAGE'), EXISTS (SELECT FROM "
        "aclexplode(coalesce(nspacl, acldefault('n', nspowner))) WHERE grantee = 0 AND privilege_type = 'CREATE') "
        "FROM pg_namespace WHERE nspname = 'public'"
    ):
        if is_ours and holder != plan.owner.name:
            statements.append(f"ALTER SCHEMA public OWNER TO {name(plan.owner.name)}")
        if is_ours and is_open:
            statements.append(  # least privilege: test_the_reader_makes_no_table
                "REVOKE CREATE ON SCHEMA public FROM PUBLIC"
            )
    return statements


def take_ownership(plan):
    """One by one: REASSIGN OWNED would also give away databases and extensions."""
    if not plan.owner:
        return []
    moves = {(kind, identity) for kind, identity, _ in list_owned(plan) if kind in MOVABLE}
    return [
        f"ALTER {'STATISTICS' if kind == 'statistics object' else kind.upper()} {identity} OWNER TO {name(plan.owner.name)}"
        for kind, identity in sorted(moves, key=lambda move: (MOVABLE.index(move[0]), move[1]))
    ]


def list_owned(plan):
    """What belongs to the master, the reader and users that left: kind, identity and owner. Parts of extensions, what is
    temporary and sequences that go with their column are left out."""
    holders = [plan.master, *plan.removed, *([plan.reader.name] if plan.reader else [])]
    return plan.session.rows(
        "SELECT i.type, i.identity, r.rolname FROM pg_shdepend d JOIN pg_roles r ON r.oid = d.refobjid "
        "LEFT JOIN pg_class c ON d.classid = 'pg_class'::regclass AND c.oid = d.objid, "
        "pg_identify_object(d.classid, d.objid, d.objsubid) i "
        "WHERE d.dbid = (SELECT oid FROM pg_database WHERE datname = current_database()) "
        "AND d.refclassid = 'pg_authid'::regclass AND d.deptype = 'o' "
        f"AND r.rolname IN {texts(holders)} "
        "AND i.identity IS NOT NULL AND coalesce(i.schema, '') !~ '^pg_(toast_)?temp' "
        "AND coalesce(c.relpersistence, 'p') <> 't' "
        "AND NOT EXISTS (SELECT FROM pg_depend e WHERE (e.classid, e.objid) = (d.classid, d.objid) AND e.deptype = 'e') "
        "AND NOT (coalesce(c.relkind, 'r') = 'S' AND EXISTS (SELECT FROM pg_depend s WHERE "
        "(s.classid, s.objid, s.refclassid) = (d.classid, d.objid, d.classid) AND s.refobjsubid > 0 "
        "AND s.deptype IN ('a', 'i'))) ORDER BY 1, 2"
    )


def grant_reading(plan):
    """What there is now; what is still to come, comes with the owner's default privileges."""
    if not plan.reader:
        return []
    owner, reader = text(plan.owner.name), name(plan.reader.name)
    statements = []
    for schema, may_use, may_create in plan.session.rows(
        "SELECT n.oid::regnamespace::text, g.grants @> ARRAY['USAGE'], g.grants @> ARRAY['CREATE'] FROM pg_namespace n, "
        f"LATERAL (SELECT coalesce(array_agg(x.privilege_type::text), '{{}}') grants FROM aclexplode(n.nspacl) x "
        f"WHERE x.grantee = {text(reader)}::regrole) g "
        f"WHERE pg_get_userbyid(n.nspowner) = {owner} ORDER BY 1"
    ):
        if not may_use:
            statements.append(f"GRANT USAGE ON SCHEMA {schema} TO {reader}")
        if may_create:
            statements.append(  # least privilege: test_rights_on_a_schema_are_taken_away
                f"REVOKE CREATE ON SCHEMA {schema} FROM {reader}"
            )
    for kind, relation, may_read, excess in plan.session.rows(
        "SELECT CASE c.relkind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END, format('%I.%I', n.nspname, c.relname), "
        "coalesce('SELECT' = ANY (g.grants), false), array_remove(g.grants, 'SELECT') "
        "FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace, "
        f"LATERAL (SELECT coalesce(array_agg(x.privilege_type::text), '{{}}') grants FROM aclexplode(c.relacl) x "
        f"WHERE x.grantee = {text(reader)}::regrole) g "
        f"WHERE pg_get_userbyid(c.relowner) = {owner} AND {RELATIONS} AND {NO_SYSTEM_SCHEMA} "
        "AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = 'pg_class'::regclass AND e.objid = c.oid "
        "AND e.deptype = 'e') "
        "ORDER BY 2"
    ):
        if not may_read:
            statements.append(f"GRANT SELECT ON {kind} {relation} TO {reader}")
        if excess:
            statements.append(  # least privilege: test_rights_on_a_table_are_taken_away
                f"REVOKE {', '.join(sorted(set(excess)))} ON {kind} {relation} FROM {reader}"
            )
    return statements


def set_defaults(plan):
    """Who may do what with things still to come: the reader with the owner's, and while the master still works beside
    the owner, both with the master's."""
    if not plan.owner:
        return []
    users = [(plan.owner.name, 2)] + ([(plan.reader.name, 3)] if plan.reader else [])
    statements = []
    for maker in (plan.owner.name, plan.master):
        held = {
            (letter, grantee, privilege)
            for letter, grantee, privilege in plan.session.rows(
                "SELECT d.defaclobjtype::text, u.rolname, g.privilege_type::text FROM pg_default_acl d, "
                "aclexplode(d.defaclacl) g, pg_roles u WHERE d.defaclnamespace = 0 AND u.oid = g.grantee "
                f"AND d.defaclrole = {text(name(maker))}::regrole AND u.rolname IN {texts(plan.request.names)}"
            )
        }
        for username, column in users:
            if username == maker:
                continue
            for default in DEFAULTS:
                letter, kind = default[:2]
                wanted = set(default[column]) if maker == plan.owner.name or plan.request.transition else set()
                has = {privilege for where, grantee, privilege in held if (where, grantee) == (letter, username)}
                start = f"ALTER DEFAULT PRIVILEGES FOR ROLE {name(maker)}"
                if missing := sorted(wanted - has):
                    statements.append(f"{start} GRANT {', '.join(missing)} ON {kind} TO {name(username)}")
                if excess := sorted(has - wanted):
                    statements.append(  # least privilege: test_the_end_of_the_transition_is_the_end_of_its_defaults
                        f"{start} REVOKE {', '.join(excess)} ON {kind} FROM {name(username)}"
                    )
    return statements


STAGES = (
    make_roles,
    make_memberships,
    end_logins,
    open_database,
    close_databases,
    take_public,
    take_ownership,
    grant_reading,
    set_defaults,
)


def look(plan):
    """What others hold open, and the master cannot close. It is told, so that nobody takes it for closed."""
    if not plan.owner:
        return
    for [database] in plan.session.rows(
        "SELECT datname FROM pg_database, aclexplode(coalesce(datacl, acldefault('d', datdba))) "
        f"WHERE grantee = 0 AND privilege_type = 'CONNECT' AND datallowconn AND NOT datistemplate AND {VISIBLE} "
        "ORDER BY datname"
    ):
        plan.open.append(f"everybody may connect to the database {database}, which is not the master's")
    for [holder] in plan.session.rows(
        "SELECT pg_get_userbyid(nspowner) FROM pg_namespace, aclexplode(coalesce(nspacl, acldefault('n', nspowner))) "
        "WHERE nspname = 'public' AND grantee = 0 AND privilege_type = 'CREATE'"
    ):
        plan.open.append(f"everybody may create in the schema public, which is {holder}'s")
    for kind, identity, holder in list_owned(plan):
        if kind not in MOVABLE and kind not in UNMOVED:
            plan.open.append(f"the {kind} {identity} stays {holder}'s: it cannot be given to {plan.owner.name}")
    for holder, count in plan.session.rows(
        "SELECT o.rolname, count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
        f"JOIN pg_roles o ON o.oid = c.relowner WHERE {RELATIONS} AND {NO_SYSTEM_SCHEMA} AND NOT o.rolsuper "
        f"AND o.rolname NOT IN {texts([*plan.request.names, *plan.removed, plan.master])} GROUP BY 1 ORDER BY 1"
    ):
        plan.open.append(f"{count} tables, views or sequences belong to {holder}, and not to {plan.owner.name}")


def prove(session, user, request, master):
    """Looks as the user itself at what it may do: what must not be fails, what others allow it is told."""
    [[is_mighty, is_member, groups]] = session.rows(
        "SELECT rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication OR rolbypassrls, "
        f"pg_has_role({text(master)}, 'MEMBER'), (SELECT string_agg(g.rolname, ', ' ORDER BY g.rolname) FROM pg_roles g "
        "WHERE g.rolname <> session_user AND pg_has_role(g.oid, 'MEMBER') AND g.rolname <> 'pg_database_owner') "
        "FROM pg_roles WHERE rolname = session_user"
    )
    if is_mighty or is_member or groups:
        raise Failure(  # least privilege: test_the_proof_finds_what_a_run_has_missed
            f"{user.name} may do more than a user: it is an administrator, or acts for {groups or 'others'}"
        )
    found = [
        f"{user.name} may connect to the database {database}"
        for [database] in session.rows(
            "SELECT datname FROM pg_database WHERE datallowconn AND NOT datistemplate AND datname <> current_database() "
            f"AND datname <> {text(MAINTENANCE)} AND has_database_privilege(oid, 'CONNECT') ORDER BY datname"
        )
    ]
    if user.role == OWNER:
        [[may_create]] = session.rows("SELECT has_database_privilege(current_database(), 'CREATE')")
        if not may_create:
            raise Failure(f"{user.name} cannot create in {request.place.database}")
        return found
    if session.rows("SELECT WHERE has_database_privilege(current_database(), 'CREATE, TEMPORARY')"):
        found.append(f"{user.name} may create schemas or temporary tables")
    for [schema] in session.rows(
        f"SELECT n.nspname FROM pg_namespace n WHERE {NO_SYSTEM_SCHEMA} AND has_schema_privilege(n.oid, 'CREATE') ORDER BY 1"
    ):
        found.append(f"{user.name} may create in the schema {schema}")
    owner = text(request.find(OWNER).name)
    writable, unreadable = [], []
    for relation, reads, writes, is_owners in session.rows(
        "SELECT c.oid::regclass::text, has_schema_privilege(n.oid, 'USAGE') AND CASE c.relkind "
        "WHEN 'S' THEN has_sequence_privilege(c.oid, 'SELECT') ELSE has_table_privilege(c.oid, 'SELECT') END, "
        "CASE c.relkind WHEN 'S' THEN has_sequence_privilege(c.oid, 'UPDATE') "
        "ELSE has_table_privilege(c.oid, 'DELETE, TRUNCATE') OR has_any_column_privilege(c.oid, 'INSERT, UPDATE') END, "
        f"pg_get_userbyid(c.relowner) = {owner} FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
        f"WHERE {RELATIONS} AND {NO_SYSTEM_SCHEMA} ORDER BY 1"
    ):
        if writes:
            writable.append(relation)
        if is_owners and not reads:
            unreadable.append(relation)
    if writable:
        found.append(f"{user.name} may write to {', '.join(writable[:10])}, {len(writable)} in all")
    if unreadable:
        raise Failure(f"{user.name} cannot read {', '.join(unreadable[:10])}, {len(unreadable)} in all")
    return found


__all__ = ["LONGEST_NAME", "RESERVED", "RESERVED_BEGINNINGS", "alone", "apply", "connect", "prove", "set_password"]
