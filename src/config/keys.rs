//! Every key of a config, declared once: what it means, its name in YAML, its type and schema, and what holds when
//! nobody writes it.
//!
//! Other files pass the list to a macro of their own: `config.rs` makes of it what reads a file and the schema, `model.rs`
//! and `model/resolve.rs` the database with everything decided, `inspect/resolved.rs` the rows of `info`.
//!
//! | when nobody writes the key | |
//! |---|---|
//! | `identity()` | it must stand in the config |
//! | `required(example)` | it must stand in the config or in the environment's `defaults` |
//! | `optional()` | there is no value |
//! | `default(value)` | this value, as it would be written; the schema says so |
//! | `computed(origin, value)` | a value that follows from keys above it, or from `$environment` or the file's name, `$stem` |
//! | `list(origin, values)` | the same for a list; it is sorted |
//! | `merged()`, `merged(below)` | no entries, or those of a map of the environment; the layers are merged by name |
//! | `group()` | keys inside a key |
//!
//! Reads as a field of a struct: documentation, schema, name in Rust, name in YAML, type; then the row of the table.

/// The keys of a config. Those under `Settings` can stand in an environment's `defaults` too.
macro_rules! keys {
    ($then:ident) => { keys! { $then, environment, stem } };
    ($then:ident, $environment:ident, $stem:ident) => {
        $then! {
            /// A database for one Kubernetes namespace.
            Config {
                /// The Kubernetes namespace. Equals the name of the file without `.yaml`.
                #[schemars(regex(pattern = r"^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$"), example = &"test-dev")]
                namespace "namespace": String, computed(Origin::FileName, $stem.to_owned());
                /// The identity of the database: seeds the name of everything in AWS and the key of the Terraform state.
                /// Unique in an environment. Changing it builds a second database and abandons the first.
                #[schemars(regex(pattern = r"^[a-z](-?[a-z0-9])*$"), length(max = 63), example = &"testdev")]
                shortname "shortname": String, identity();
                /// The Kubernetes ServiceAccount that may use the database. Default: `<namespace>-sa`.
                #[schemars(
                    regex(pattern = r"^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$"),
                    length(max = 253),
                    example = &"test-dev-sa"
                )]
                service_account_name "serviceAccountName": String, computed(Origin::Derived("namespace"), name::service_account(&namespace.value));
                /// The IAM role of the ServiceAccount, unique in the AWS account.
                /// Default: `<namespace>-<environment>-proxy-access`.
                #[schemars(
                    regex(pattern = r"^[A-Za-z0-9_+=,.@-]{1,64}$"),
                    example = &"test-dev-dev3-proxy-access"
                )]
                iam_role_name "iamRoleName": String, computed(Origin::Derived("namespace"), name::access_role(&namespace.value, &$environment.name));
                /// Guardrails and warnings that are set aside until a day.
                #[schemars(example = waivers_example())]
                waivers "waivers": Vec<Waiver>, computed(Origin::BuiltIn, Vec::new());
                /// How far the database is on its way out. `active` runs; `retiring` gives up deletion protection and fixes the
                /// name of the final snapshot; `retired` destroys everything but that snapshot. Each step is a change of its own
                /// that has to be applied before the next; afterwards the file may go.
                lifecycle "lifecycle": Lifecycle, default("active");
                /// The day on which the retirement was asked for, with `lifecycle: retiring` and `retired` only. It names the
                /// final snapshot, so a second attempt on another day gets a snapshot of its own.
                #[schemars(example = &"2026-11-01")]
                retirement_requested "retirementRequested": Date, optional();
                /// Whether `lifecycle: retired` makes Terraform forget the database and everything around it instead of
                /// destroying it. Deletion protection then stays as it is.
                retain "retain": bool, default(false);
                /// The snapshot that the database is created from: a name or an ARN; of a cluster, for an Aurora engine. Write-once: it counts only when the
                /// database is created, and stays in the file afterwards.
                #[schemars(
                    regex(
                        pattern = r"^(rds:|arn:[a-z0-9-]+:rds:[a-z0-9-]+:[0-9]{12}:(cluster-)?snapshot:(rds:)?)?[A-Za-z](-?[A-Za-z0-9]+)*$"
                    ),
                    length(max = 400),
                    example = &"orders-dev3-final-2026-11-01"
                )]
                restore_from "restoreFrom": String, optional();
                /// Effects of a change that are meant, so that `diff --deny` and `gate` let them pass until a date.
                #[schemars(extend("default" = []))]
                allow "allow": Vec<Acknowledgement>, computed(Origin::BuiltIn, Vec::new());
                /// Makes edits that would wait for the maintenance window happen with the apply, and with them what waits
                /// already, interruptions included: for an emergency, and until a day.
                apply_immediately "applyImmediately": ApplyImmediately, optional();
                /// An instance, or a cluster with its instances, that is there already, and that this config takes over: what it
                /// keeps of its own.
                adopt "adopt": Adoption, optional();
                ..settings: Settings
            }
            /// The keys that an environment's `defaults` may set too.
            Settings {
                /// Users that the database has already and that the function takes over: they get a new password and lose their
                /// memberships. Only names of `appUser` and `readOnlyUser`.
                #[schemars(extend("uniqueItems" = true), example = ["orders_app"])]
                adopt_users "adoptUsers": Vec<String>, list(Origin::BuiltIn, Vec::new());
                /// Size of the volume in GiB, 20 to 65536. It can grow, never shrink. Aurora's storage has no size.
                #[schemars(schema_with = "gibibytes_schema")]
                #[serde(default, deserialize_with = "gibibytes")]
                allocated_storage "allocatedStorage": u32, default(50);
                /// The database user that pods log in as. A function of the environment makes it, gives it the tables of the
                /// application and rotates its password; it migrates, reads and writes, and nothing else. `{shortname}` and
                /// `{namespace}` stand for those of the config, with `_` for `-`, so that `defaults` can hold a pattern.
                /// Default: none, and pods log in as the master.
                #[schemars(regex(pattern = USER), length(max = 200), example = &"orders_app", example = &"{shortname}_app")]
                app_user "appUser": String, optional();
                /// How clients log in to the proxy: `password` with the secret's user and password, `iam` with an IAM token.
                authentication "authentication": Authentication, default("password");
                /// Days that automated backups are kept, 0 to 35; 0 turns them off.
                #[schemars(range(max = 35), example = 7)]
                backup_retention_period "backupRetentionPeriod": u32, default(7);
                /// Daily window for backups in UTC, at least 30 minutes.
                #[schemars(
                    regex(pattern = r"^([01][0-9]|2[0-3]):[0-5][0-9]-([01][0-9]|2[0-3]):[0-5][0-9]$"),
                    example = &"16:00-17:00"
                )]
                backup_window "backupWindow": Window, default("16:00-17:00");
                /// Names of the clusters whose pods may connect. Default: every cluster of the environment.
                #[schemars(length(min = 1, max = 100), extend("uniqueItems" = true), example = ["gc-0-apps-ap-northeast-1"])]
                clusters "clusters": Vec<String>, list(Origin::Environment("clusters"), $environment.spec.clusters.keys().cloned().collect());
                /// Name of the first database. Default: none is created; with PostgreSQL `postgres`, which always exists, is
                /// used, and with MySQL and MariaDB there is nothing for pods, so they need it.
                /// Setting or changing it on a live instance replaces the instance.
                #[schemars(regex(pattern = r"^[A-Za-z][A-Za-z0-9_]{0,63}$"), example = &"orders")]
                database_name "databaseName": String, optional();
                /// Whether AWS refuses to delete the instance.
                deletion_protection "deletionProtection": bool, default(true);
                /// Whether the volume is encrypted. Changing it replaces the instance.
                encrypted "encrypted": bool, default(true);
                /// The database engine. It stays: another one is another database.
                engine "engine": Engine, default(Engine::default().as_str());
                /// A major version such as `"16"`, whose minors follow automatically, or an exact one such as `"16.8"`,
                /// which stays. Quoted, because 17.10 without quotes is the number 17.1. Default: `17` of PostgreSQL, `8.4` of
                /// MySQL, `11.4` of MariaDB.
                #[schemars(example = &"17", example = &"17.10")]
                engine_version "engineVersion": EngineVersion, computed(Origin::BuiltIn, engine.value.facts().default_major);
                /// The instance class; of Aurora also `db.serverless`, with `minCapacity` and `maxCapacity`.
                #[schemars(example = &"db.t4g.medium")]
                instance_class "instanceClass": InstanceClass, default("db.t4g.medium");
                /// Provisioned I/O operations per second, for `io1`, `io2` and large `gp3` volumes.
                #[schemars(range(min = 1000, max = 256_000), example = 12000)]
                iops "iops": u32, optional();
                /// Logs that go to CloudWatch. Default: those of the engine, of PostgreSQL `[postgresql, upgrade]`.
                #[schemars(extend("uniqueItems" = true), example = ["postgresql", "upgrade"])]
                log_exports "logExports": Vec<LogExport>, list(Origin::BuiltIn, engine.value.facts().default_log_exports.to_vec());
                /// Weekly window for maintenance in UTC, at least 30 minutes, apart from the backup window.
                #[schemars(
                    regex(
                        pattern = r"^([Mm]on|[Tt]ue|[Ww]ed|[Tt]hu|[Ff]ri|[Ss]at|[Ss]un):([01][0-9]|2[0-3]):[0-5][0-9]-([Mm]on|[Tt]ue|[Ww]ed|[Tt]hu|[Ff]ri|[Ss]at|[Ss]un):([01][0-9]|2[0-3]):[0-5][0-9]$"
                    ),
                    example = &"Sun:18:00-Sun:19:00"
                )]
                maintenance_window "maintenanceWindow": Window, default("Sun:18:00-Sun:19:00");
                /// What is left to the master while pods of a living database go over to `appUser`: `pods`, they still log in as
                /// the master, and the tables are `appUser`'s already; `allowed`, they are given `appUser`, and the proxy lets
                /// the master in, too; `never`, only the function logs in as the master. Default: `never` with an `appUser`, and
                /// `pods` without.
                #[schemars(example = &"pods")]
                master_login "masterLogin": MasterLogin, computed(Origin::BuiltIn, MasterLogin::default_of(app_user.value.is_some()));
                /// Size in GiB up to which the volume grows by itself; 0 turns growth off. Default: twice the allocated storage.
                #[schemars(schema_with = "ceiling_schema")]
                #[serde(default, deserialize_with = "gibibytes")]
                max_allocated_storage "maxAllocatedStorage": u32, computed(Origin::BuiltIn, (allocated_storage.value * 2).min(LARGEST_VOLUME));
                /// The most capacity of `db.serverless`, in ACUs of 2 GiB memory, in steps of 0.5.
                #[schemars(example = 16)]
                max_capacity "maxCapacity": Acus, optional();
                /// The least capacity of `db.serverless`. The proxy keeps connections open, so none of them ever pauses.
                #[schemars(example = 0.5)]
                min_capacity "minCapacity": Acus, optional();
                /// Seconds between Enhanced Monitoring samples; 0 turns it off.
                #[schemars(extend("enum" = [0, 1, 5, 10, 15, 30, 60]))]
                monitoring_interval "monitoringInterval": u32, default(60);
                /// Whether a standby runs in a second availability zone. Aurora has `replicas` instead.
                multi_az "multiAz": bool, default(false);
                /// Database parameters by name; values are strings. What a config says and what `defaults` say are merged by name.
                #[schemars(example = parameters_example())]
                parameters "parameters": BTreeMap<String, String>, merged();
                /// Days between rotations of the passwords: the master's, and those of `appUser` and `readOnlyUser`.
                #[schemars(range(min = 1, max = 1000), example = 30)]
                password_rotation_days "passwordRotationDays": u32, default(7);
                /// Port of the instance, 1150 to 65535. Clients always reach the proxy on the default port of the engine: 5432 of
                /// PostgreSQL, 3306 of MySQL and MariaDB. Default: that port.
                #[schemars(range(min = 1150, max = 65535), example = 5432)]
                port "port": u32, computed(Origin::BuiltIn, engine.value.facts().port);
                /// Settings of the RDS Proxy. What a config says and what `defaults` say are merged by key.
                proxy "proxy": Proxy, group();
                /// Whether readers of an Aurora cluster have a way of their own: an endpoint of the proxy, a load balancer and an
                /// endpoint service. It needs `replicas`.
                read_only_endpoint "readOnlyEndpoint": bool, default(false);
                /// A user that reads the tables of `appUser`, those to come included, and changes nothing. The same patterns as there.
                #[schemars(regex(pattern = USER), length(max = 200), example = &"orders_ro", example = &"{shortname}_ro")]
                read_only_user "readOnlyUser": String, optional();
                /// Readers of an Aurora cluster, 0 to 15; when the writer fails, one of them takes its place.
                #[schemars(range(max = 15), example = 1)]
                replicas "replicas": u32, default(0);
                /// Throughput of a large `gp3` volume in MiB/s.
                #[schemars(range(min = 500, max = 4000), example = 500)]
                storage_throughput "storageThroughput": u32, optional();
                /// Type of the storage. Default: `gp3`, and `aurora` of Aurora.
                #[schemars(example = &"gp3")]
                storage_type "storageType": StorageType, computed(Origin::BuiltIn, engine.value.facts().default_storage_type());
                /// Whose subnet group the database is in, and whose role it writes Enhanced Monitoring with: `shared`, its
                /// environment's, or `own`. It stays as it was made: AWS moves no database to another group of its VPC.
                subnet_group "subnetGroup": SubnetGroup, default("shared");
                /// Tags of every resource. Merged by key: those of a config, of `defaults` and of the environment's `tags`.
                #[schemars(example = tags_example())]
                tags "tags": BTreeMap<String, String>, merged(&$environment.spec.tags);
                /// The master user. Changing it replaces the instance.
                #[schemars(
                    regex(pattern = r"^[A-Za-z][A-Za-z0-9_]{0,62}$"),
                    example = &"postgres"
                )]
                username "username": String, required("postgres");
            }
        }
    };
}

/// The keys of `proxy`.
macro_rules! proxy_keys {
    ($then:ident) => {
        $then! {
            /// Settings of the RDS Proxy.
            #[serde(deny_unknown_fields)]
            Proxy {
                /// Seconds that a client waits for a free database connection, 1 to 300.
                #[schemars(range(min = 1, max = 300), example = 120)]
                connection_borrow_timeout "connectionBorrowTimeout": u32, default(120);
                /// Seconds after which an idle client is disconnected, 60 to 28800.
                #[schemars(range(min = 60, max = 28800), example = 1800)]
                idle_client_timeout "idleClientTimeout": u32, default(1800);
                /// SQL that the proxy runs on each new database connection, separated by `;`.
                #[schemars(length(min = 1, max = 1024), example = &"SET search_path = app")]
                init_query "initQuery": String, optional();
                /// Percentage of the instance's connections that the proxy may use, 1 to 100.
                #[schemars(range(min = 1, max = 100), example = 100)]
                max_connections_percent "maxConnectionsPercent": u32, default(100);
                /// Percentage of the instance's connections that the proxy keeps open when idle, 0 to `maxConnectionsPercent`.
                /// Default: half of `maxConnectionsPercent`.
                #[schemars(range(max = 100), example = 50)]
                max_idle_connections_percent "maxIdleConnectionsPercent": u32, computed(Origin::BuiltIn, max_connections_percent.value / 2);
                /// What does not pin a session to its connection, of MySQL and MariaDB: `EXCLUDE_VARIABLE_SETS`, when it does not
                /// matter to an application that another session changes variables.
                #[schemars(extend("uniqueItems" = true), example = ["EXCLUDE_VARIABLE_SETS"])]
                session_pinning_filters "sessionPinningFilters": Vec<SessionPinningFilter>, list(Origin::BuiltIn, Vec::new());
            }
        }
    };
}

pub(crate) use {keys, proxy_keys};
