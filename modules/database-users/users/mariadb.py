"""MariaDB 10.6 and later, where it differs from MySQL: accounts have no attributes, so roles mark them."""

from . import verifier
from .mysql import MIGHTY, MySql, account, escape, name, quoted, text, texts
from .request import ROLES

# Roles without a right, which only their maker gives: the master. What follows is the user's role.
MARK = "valet-rds:"


class MariaDb(MySql):
    PLUGINS = ("mysql_native_password",)
    SETTINGS = ("SET SESSION TRANSACTION READ WRITE",)

    roles = tuple(MARK + role for role in ROLES)

    def set_own_password(self, session, login):
        session.change(f"SET PASSWORD = {text(verifier.native(login.password))}")

    def identified(self, password):
        return f"IDENTIFIED VIA {self.PLUGINS[0]} USING {text(verifier.native(password))}"

    def pattern(self, session, database):
        return escape(database)

    def accounts(self):
        return (
            f"SELECT g.User, g.Host, GROUP_CONCAT(SUBSTRING(m.Role, {len(MARK) + 1}) ORDER BY m.Role), "
            f"EXISTS (SELECT 1 FROM information_schema.USER_PRIVILEGES p WHERE p.PRIVILEGE_TYPE IN {texts(sorted(MIGHTY))} "
            "AND p.GRANTEE = CONCAT('''', g.User, '''@''', g.Host, '''')), "
            "coalesce(JSON_VALUE(g.Priv, '$.account_locked'), 0) = 1, "
            f"JSON_VALUE(g.Priv, '$.plugin') = {text(self.PLUGINS[0])} AND coalesce(JSON_LENGTH(g.Priv, '$.auth_or'), 1) = 1 "
            "AND coalesce(JSON_VALUE(g.Priv, '$.ssl_type'), 0) = 1 "
            "AND coalesce(JSON_VALUE(g.Priv, '$.password_last_changed'), 1) <> 0 "
            "AND coalesce(JSON_VALUE(g.Priv, '$.password_lifetime'), -1) = 0 "
            "AND coalesce(JSON_VALUE(g.Priv, '$.max_questions'), 0) + coalesce(JSON_VALUE(g.Priv, '$.max_updates'), 0) "
            "+ coalesce(JSON_VALUE(g.Priv, '$.max_connections'), 0) "
            "+ coalesce(JSON_VALUE(g.Priv, '$.max_user_connections'), 0) "
            "+ coalesce(JSON_VALUE(g.Priv, '$.max_statement_time'), 0) = 0 "
            "FROM mysql.global_priv g LEFT JOIN mysql.roles_mapping m ON (m.User, m.Host) = (g.User, g.Host) "
            # The maker of a role is its administrator, and not marked by it.
            f"AND m.Admin_option = 'N' AND m.Role IN {texts(self.roles)} "
            "GROUP BY g.User, g.Host"
        )

    def make_marks(self, accounts):
        found = {one.username for one in accounts if not one.host}
        return [f"CREATE ROLE {name(role)}" for role in self.roles if role not in found]

    def make(self, user, login):
        return [
            # In one statement, so that no user is without its mark.
            f"GRANT {name(MARK + user.role)} TO {account(user.name)} {self.identified(login.password)}",
            f"ALTER USER {account(user.name)} REQUIRE SSL PASSWORD EXPIRE NEVER",
        ]

    def mark(self, user, marks):
        statements = [] if user.role in marks else [f"GRANT {name(MARK + user.role)} TO {account(user.name)}"]
        others = [mark for mark in marks if mark != user.role]
        return statements + [f"REVOKE {name(MARK + other)} FROM {account(user.name)}" for other in others]

    def repair(self, user, login):
        return [
            f"ALTER USER {account(user.name)} {self.identified(login.password)} REQUIRE SSL WITH MAX_QUERIES_PER_HOUR 0 "
            "MAX_UPDATES_PER_HOUR 0 MAX_CONNECTIONS_PER_HOUR 0 MAX_USER_CONNECTIONS 0 MAX_STATEMENT_TIME 0 "
            "PASSWORD EXPIRE NEVER"
        ]

    def memberships(self, names):
        return f"SELECT User, Host, Role, '' FROM mysql.roles_mapping WHERE User IN {texts(names)} ORDER BY User, Host, Role"

    def is_mark(self, role, marks):
        return role in {MARK + mark for mark in marks}

    def everybody(self):
        everybody = "User = 'PUBLIC' AND Host = ''"
        return (
            f"SELECT '`*`' FROM mysql.global_priv WHERE {everybody} AND JSON_VALUE(Priv, '$.access') <> 0 "
            f"UNION SELECT {quoted('Db')} FROM mysql.db WHERE User = '' OR {everybody} "
            f"UNION SELECT CONCAT({quoted('Db')}, '.', {quoted('Table_name')}) FROM mysql.tables_priv WHERE {everybody} "
            f"UNION SELECT CONCAT({quoted('Db')}, '.', {quoted('Routine_name')}) FROM mysql.procs_priv WHERE {everybody} "
            "ORDER BY 1"
        )


ENGINE = MariaDb()
