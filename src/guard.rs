//! The rules that look at one instance, or one environment, alone.

use std::collections::BTreeSet;

use crate::{
    class,
    config::StorageType,
    instance::{Environment, Given, Instance, Origin},
    problem::Problem,
    resolve::LARGEST_VOLUME,
    root::IDENTITY_TAGS,
    rule::{self, Rule},
    suggest,
    window::{SHORTEST, Window},
};

/// Everything wrong with one instance. `today` is `YYYY-MM-DD`.
#[must_use]
pub fn instance(instance: &Instance, stem: &str, today: &str) -> Vec<Problem> {
    let mut found = Found {
        instance,
        problems: Vec::new(),
    };
    found.identity(stem);
    found.engine(today);
    found.access();
    found.storage();
    found.windows();
    found.proxy();
    found.tags();
    found.warnings();
    found.problems
}

struct Found<'a> {
    instance: &'a Instance,
    problems: Vec<Problem>,
}

impl Found<'_> {
    fn add(&mut self, rule: &'static Rule, origin: Origin, message: impl Into<String>, help: impl Into<String>) {
        let place = self.instance.place(origin);
        self.problems.push(Problem::new(rule, place, message).help(help));
    }

    fn identity(&mut self, stem: &str) {
        let instance = self.instance;
        let namespace = &instance.namespace.value;
        if !is_namespace(stem) {
            self.add(
                &rule::BAD_FILE_NAME,
                Origin::BuiltIn,
                format!("`{stem}` is not a namespace"),
                "name the file after the namespace: lower-case letters, digits and hyphens, at most 63",
            );
        } else if namespace != stem {
            self.add(
                &rule::NAMESPACE_MISMATCH,
                instance.namespace.origin,
                format!("the file is named `{stem}.yaml`, but the namespace is `{namespace}`"),
                format!("write `namespace: {stem}`, or rename the file to `{namespace}.yaml`"),
            );
        }
        for reserved in ["internal", "sg"] {
            let rest = instance.shortname.strip_prefix(reserved);
            if rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('-')) {
                self.add(
                    &rule::RESERVED_SHORTNAME,
                    Origin::Config("shortname"),
                    format!("AWS refuses names that start with `{reserved}-`"),
                    "choose another shortname",
                );
            }
        }
    }

    fn engine(&mut self, today: &str) {
        let instance = self.instance;
        let engine = instance.engine.value;
        if let Err((message, known)) = class::look_up(&instance.instance_class.value) {
            let typed = instance.instance_class.value.split('.');
            let near = typed.rev().find_map(|part| suggest::nearest(part, &known));
            let help = match near {
                Some(near) => format!("did you mean `{near}`? There are {}", suggest::list(&known)),
                None => format!("there are {}", suggest::list(&known)),
            };
            self.add(&rule::UNKNOWN_CLASS, instance.instance_class.origin, message, help);
        }
        let version = &instance.engine_version.value;
        match engine.major(version) {
            None => {
                let majors: Vec<_> = engine.majors().iter().map(|major| major.name).collect();
                self.add(
                    &rule::UNKNOWN_VERSION,
                    instance.engine_version.origin,
                    format!("there is no {} {version}", engine.word()),
                    format!("the majors are {}", suggest::list(&majors)),
                );
            }
            Some(major) => {
                if version != major.name && !major.minors.contains(&version.as_str()) {
                    self.add(
                        &rule::UNKNOWN_VERSION,
                        instance.engine_version.origin,
                        format!("AWS offers no {} {version}", engine.word()),
                        format!(
                            "write `\"{}\"` to follow its minors, or one of {}",
                            major.name,
                            suggest::list(major.minors)
                        ),
                    );
                }
                if today > major.standard_support_ends {
                    self.add(
                        &rule::SUPPORT_ENDED,
                        instance.engine_version.origin,
                        format!(
                            "standard support of {} {} ended on {}",
                            engine.word(),
                            major.name,
                            major.standard_support_ends
                        ),
                        format!("move to `\"{}\"`", engine.default_major()),
                    );
                }
            }
        }
        if instance.parameters.contains_key("rds.force_ssl") {
            self.add(
                &rule::RESERVED_PARAMETER,
                instance.parameters.get("rds.force_ssl").map_or(Origin::BuiltIn, |given| given.origin),
                "`rds.force_ssl` is always on",
                "remove it",
            );
        }
    }

    fn access(&mut self) {
        let instance = self.instance;
        let engine = instance.engine.value;
        let user = &instance.username;
        if let Some(why) = engine.refuses_user(&user.value) {
            self.add(
                &rule::RESERVED_USERNAME,
                user.origin,
                format!("the user cannot be called `{}`: {why}", user.value),
                "choose another name, for example `postgres`",
            );
        }
        if let Some(name) = &instance.database_name.value
            && let Some(why) = engine.refuses_database(name)
        {
            self.add(
                &rule::RESERVED_DATABASE,
                instance.database_name.origin,
                format!("the database cannot be called `{name}`: {why}"),
                "choose another name",
            );
        }
        let known: Vec<_> = instance.environment.written.clusters.keys().collect();
        for cluster in &instance.clusters.value {
            if !known.contains(&cluster) {
                let help = match suggest::nearest(cluster, &known) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!("the clusters are {}", suggest::list(&known)),
                };
                self.add(
                    &rule::UNKNOWN_CLUSTER,
                    instance.clusters.origin,
                    format!("`{}` has no cluster `{cluster}`", instance.environment.name),
                    help,
                );
            }
        }
        let selected = instance
            .clusters
            .value
            .iter()
            .filter_map(|name| Some((name, instance.environment.written.clusters.get(name)?)));
        let (open, listed): (Vec<_>, Vec<_>) =
            selected.partition(|(_, cluster)| cluster.client_cidrs.is_empty());
        if let (Some((open, _)), Some((listed, _))) = (open.first(), listed.first()) {
            let place = instance.environment.place(&format!("clusters/{open}#"));
            self.problems.push(
                Problem::new(
                    &rule::MIXED_CLIENT_CIDRS,
                    place,
                    format!("`{open}` has no `clientCidrs`, but `{listed}` has"),
                )
                .help("list the pods' addresses of every cluster, or of none"),
            );
        }
    }

    fn storage(&mut self) {
        let instance = self.instance;
        let kind = instance.storage_type.value;
        let size = instance.allocated_storage.value;
        let smallest = match kind {
            StorageType::Gp2 | StorageType::Gp3 => 20,
            StorageType::Io1 | StorageType::Io2 => 100,
        };
        if !(smallest..=LARGEST_VOLUME).contains(&size) {
            self.add(
                &rule::STORAGE_SIZE,
                instance.allocated_storage.origin,
                format!("a `{}` volume cannot have {size} GiB", kind.word()),
                format!("use {smallest} to {LARGEST_VOLUME}"),
            );
        }
        let ceiling = instance.max_allocated_storage.value;
        if ceiling > LARGEST_VOLUME || (ceiling != 0 && ceiling * 10 < size * 11) {
            let least = (size * 11).div_ceil(10);
            self.add(
                &rule::STORAGE_CEILING,
                instance.max_allocated_storage.origin,
                format!("a volume of {size} GiB cannot grow to {ceiling} GiB"),
                format!("use {least} to {LARGEST_VOLUME}, or 0 so that it does not grow by itself"),
            );
        }
        self.performance(kind, size);
    }

    fn performance(&mut self, kind: StorageType, size: u32) {
        let instance = self.instance;
        let Given { value: iops, origin } = &instance.iops;
        let range = match kind {
            StorageType::Gp2 => None,
            StorageType::Gp3 if size < 400 => None,
            StorageType::Gp3 => Some((12_000, 64_000.min(size * 500))),
            StorageType::Io1 => Some(((size / 2).max(1000), 256_000.min(size * 50))),
            StorageType::Io2 => Some(((size / 2).max(1000), 256_000.min(size * 1000))),
        };
        let needed = matches!(kind, StorageType::Io1 | StorageType::Io2);
        match (iops, range) {
            (Some(iops), None) => self.add(
                &rule::STORAGE_PERFORMANCE,
                *origin,
                format!("a `{}` volume of {size} GiB has fixed performance, not {iops} IOPS", kind.word()),
                "remove `iops`; a `gp3` volume takes it from 400 GiB",
            ),
            (Some(iops), Some((low, high))) if !(low..=high).contains(iops) => self.add(
                &rule::STORAGE_PERFORMANCE,
                *origin,
                format!("a `{}` volume of {size} GiB cannot have {iops} IOPS", kind.word()),
                format!("use {low} to {high}"),
            ),
            (None, Some((low, high))) if needed => self.add(
                &rule::STORAGE_PERFORMANCE,
                instance.storage_type.origin,
                format!("a `{}` volume needs `iops`", kind.word()),
                format!("write `iops:` with a value from {low} to {high}"),
            ),
            _ => {}
        }
        let Given { value: throughput, origin } = &instance.storage_throughput;
        let Some(throughput) = *throughput else { return };
        let most = iops.unwrap_or(12_000) / 4;
        if kind != StorageType::Gp3 || size < 400 {
            self.add(
                &rule::STORAGE_PERFORMANCE,
                *origin,
                format!("a `{}` volume of {size} GiB takes no throughput", kind.word()),
                "remove `storageThroughput`; a `gp3` volume takes it from 400 GiB",
            );
        } else if throughput > most {
            self.add(
                &rule::STORAGE_PERFORMANCE,
                *origin,
                format!("{throughput} MiB/s are too much for {} IOPS", iops.unwrap_or(12_000)),
                format!("use at most {most}, a quarter of the IOPS"),
            );
        }
    }

    fn windows(&mut self) {
        let instance = self.instance;
        let (backup, maintenance) = (&instance.backup_window, &instance.maintenance_window);
        let (Some(daily), Some(weekly)) = (
            Window::daily(&backup.value),
            Window::weekly(&maintenance.value),
        ) else {
            return;
        };
        for (window, given) in [(daily, backup), (weekly, maintenance)] {
            if window.minutes < SHORTEST {
                self.add(
                    &rule::WINDOW_TOO_SHORT,
                    given.origin,
                    format!("`{}` lasts {} minutes", given.value, window.minutes),
                    format!("make it at least {SHORTEST} minutes"),
                );
            }
        }
        if daily.overlaps(weekly) {
            let of_config = matches!(backup.origin, Origin::Config(_));
            let (here, there) = if of_config { (backup, maintenance) } else { (maintenance, backup) };
            let mut problem = Problem::new(
                &rule::WINDOW_OVERLAP,
                instance.place(here.origin),
                format!(
                    "the backup window `{}` overlaps the maintenance window `{}`",
                    backup.value, maintenance.value
                ),
            )
            .help("move one of them; both are in UTC");
            if there.origin != Origin::BuiltIn {
                problem = problem.also(instance.place(there.origin), "the other window is set here");
            }
            self.problems.push(problem);
        }
    }

    fn proxy(&mut self) {
        let proxy = &self.instance.proxy;
        let (idle, max) = (
            &proxy.max_idle_connections_percent,
            &proxy.max_connections_percent,
        );
        if idle.value > max.value {
            self.add(
                &rule::PROXY_IDLE_ABOVE_MAX,
                idle.origin,
                format!("{} % idle of at most {} % connections", idle.value, max.value),
                format!("use {} or less", max.value),
            );
        }
        let filters = &proxy.session_pinning_filters;
        if !filters.value.is_empty() && self.instance.engine.value.proxy_family() != "MYSQL" {
            self.add(
                &rule::PINNING_FILTER_ENGINE,
                filters.origin,
                "PostgreSQL has no session pinning filters",
                "remove `sessionPinningFilters`",
            );
        }
    }

    fn tags(&mut self) {
        const MOST: usize = 50;
        // The modules add `Name`, the root three tags of its own.
        const OWN: usize = 4;
        let instance = self.instance;
        for (key, given) in &instance.tags {
            let at = |origin: Origin| match origin {
                Origin::Config(path) => crate::source::place(&instance.file, &pointer(path, key)),
                Origin::Default(path) => environment_tag(&instance.environment, &format!("defaults/{path}"), key),
                _ => environment_tag(&instance.environment, "tags", key),
            };
            let (rule, message) = if key.starts_with(IDENTITY_TAGS) {
                (&rule::RESERVED_TAG, format!("tags that start with `{IDENTITY_TAGS}` belong to this tool"))
            } else if !is_tag(key, 128) || key.is_empty() || key.to_lowercase().starts_with("aws:") {
                (&rule::TAG_CHARACTERS, format!("AWS refuses the tag key `{key}`"))
            } else if !is_tag(&given.value, 256) {
                (&rule::TAG_CHARACTERS, format!("AWS refuses the value of the tag `{key}`"))
            } else {
                continue;
            };
            let help = "use letters, digits, spaces and `_.:/=+-@`; at most 128 for a key, 256 for a value";
            self.problems.push(Problem::new(rule, at(given.origin), message).help(help));
        }
        if instance.tags.len() + OWN > MOST {
            self.add(
                &rule::TOO_MANY_TAGS,
                Origin::Config("tags"),
                format!("{} tags and {OWN} of this tool's are more than {MOST}", instance.tags.len()),
                "remove some here or in the environment",
            );
        }
    }

    fn warnings(&mut self) {
        let instance = self.instance;
        if !instance.encrypted.value {
            self.add(
                &rule::UNENCRYPTED,
                instance.encrypted.origin,
                "the volume is not encrypted",
                "write `encrypted: true` before the database exists; later it replaces the instance",
            );
        }
        if instance.backup_retention_period.value == 0 {
            self.add(
                &rule::NO_BACKUPS,
                instance.backup_retention_period.origin,
                "automated backups are off",
                "use 1 or more days",
            );
        }
        if !instance.deletion_protection.value {
            self.add(
                &rule::UNPROTECTED,
                instance.deletion_protection.origin,
                "deletion protection is off",
                "remove the key, unless the database may be lost",
            );
        }
    }
}

/// Everything wrong with one environment alone.
#[must_use]
pub fn environment(environment: &Environment) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (name, cluster) in &environment.written.clusters {
        for (index, cidr) in cluster.client_cidrs.iter().enumerate() {
            if let Err(help) = network(cidr) {
                let place = environment.place(&format!("clusters/{name}/clientCidrs/{index}"));
                let message = format!("`{cidr}` is not a network");
                problems.push(Problem::new(&rule::BAD_CIDR, place, message).help(help));
            }
        }
    }
    let issuers: Vec<_> = environment.owned_clusters().collect();
    let mut seen = BTreeSet::new();
    for (name, cluster, _) in issuers {
        if !seen.insert(&cluster.oidc_issuer) {
            let place = environment.place(&format!("clusters/{name}/oidcIssuer"));
            let message = "another cluster of this environment has the same issuer";
            problems.push(
                Problem::new(&rule::ISSUER_TAKEN, place, message).help("every EKS cluster has an issuer of its own"),
            );
        }
    }
    problems
}

fn network(cidr: &str) -> Result<(), String> {
    let wrong = || "write it like `10.64.0.0/16`".to_owned();
    let (address, prefix) = cidr.split_once('/').ok_or_else(wrong)?;
    let address: std::net::Ipv4Addr = address.parse().map_err(|_| wrong())?;
    let prefix: u32 = prefix.parse().map_err(|_| wrong())?;
    let host_bits = 32_u32.checked_sub(prefix).ok_or_else(wrong)?;
    let mask = u32::MAX.checked_shl(host_bits).unwrap_or(0);
    let first = address.to_bits() & mask;
    if first == address.to_bits() {
        Ok(())
    } else {
        Err(format!("the network is `{}/{prefix}`", std::net::Ipv4Addr::from_bits(first)))
    }
}

/// Whether a text is an RFC 1123 label.
#[must_use]
pub fn is_namespace(text: &str) -> bool {
    let inner = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-';
    (1..=63).contains(&text.len())
        && text.chars().all(inner)
        && !text.starts_with('-')
        && !text.ends_with('-')
}

fn is_tag(text: &str, most: usize) -> bool {
    let allowed = |letter: char| letter.is_alphanumeric() || matches!(letter, ' ' | '_' | '.' | ':' | '/' | '=' | '+' | '-' | '@');
    text.chars().count() <= most && text.chars().all(allowed)
}

fn pointer(path: &str, key: &str) -> String {
    format!("/{path}/{}", key.replace('~', "~0").replace('/', "~1"))
}

fn environment_tag(environment: &Environment, path: &str, key: &str) -> crate::problem::Place {
    let key = key.replace('~', "~0").replace('/', "~1");
    environment.place(&format!("{path}/{key}"))
}
