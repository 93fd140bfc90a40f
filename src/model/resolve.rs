//! Config and environment to database: what is written, and what holds when nothing is.

use std::{collections::BTreeMap, sync::Arc};

use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;

use crate::{
    aws::{
        engine::Engine,
        name::{self, Names},
    },
    config::{
        Config, MasterLogin, Settings,
        keys::{keys, proxy_keys},
    },
    diagnostic::{Checked, Problem, rule},
    model::{Database, Environment, Origin, Proxy, Resolved},
    yaml::Document,
};

/// Largest RDS volume in GiB.
pub const LARGEST_VOLUME: u32 = 65536;

/// Decides a key by what was found in the config and in the environment's `defaults`.
macro_rules! decide {
    (optional() $found:expr) => {
        match $found {
            Some(Resolved { value, origin }) => Resolved::new(Some(value), origin),
            None => Resolved::new(None, Origin::BuiltIn),
        }
    };
    (default($value:expr) $found:expr) => {
        $found.unwrap_or_else(|| Resolved::new(built_in($value.into()), Origin::BuiltIn))
    };
    (computed($origin:expr, $value:expr) $found:expr) => {
        $found.unwrap_or_else(|| Resolved::new($value, $origin))
    };
    (list($origin:expr, $values:expr) $found:expr) => {
        sorted(decide!(computed($origin, $values) $found))
    };
}

/// Decides everything that a config leaves open. `stem` is the name of its file without the extension.
///
/// The source has passed the schema.
///
/// # Errors
/// When the config has no user and its environment has none either.
pub fn resolve(source: &Document, stem: &str, environment: &Arc<Environment>) -> Checked<Database> {
    let config = Config::deserialize(&source.value)
        .map_err(|error| source.problem(&rule::WRONG_TYPE, "", error.to_string()))?;
    let layers = Layers {
        config: &config.settings,
        defaults: &environment.spec.defaults,
    };
    macro_rules! found {
        (Config $field:ident $key:literal) => {{
            let origin = Origin::Config($key);
            config
                .$field
                .clone()
                .map(|value| Resolved::new(value, origin))
        }};
        (Settings $field:ident $key:literal) => {
            layers.find($key, |layer| layer.$field.clone())
        };
    }
    macro_rules! key {
        ($section:ident $field:ident $key:literal identity()) => {
            config.$field.clone()
        };
        ($section:ident $field:ident $key:literal required($example:literal)) => {
            found!($section $field $key)
                .ok_or_else(|| missing(source, environment, $key, $example))?
        };
        ($section:ident $field:ident $key:literal merged($($below:expr)?)) => {
            layers.merge($key, |layer| layer.$field.as_ref(), None$(.or(Some($below)))?)
        };
        ($section:ident $field:ident $key:literal group()) => {
            proxy(&layers)
        };
        ($section:ident $field:ident $key:literal $kind:ident $arguments:tt) => {
            decide!($kind $arguments found!($section $field $key))
        };
    }
    macro_rules! database {
        ($(
            $(#[doc = $section_doc:expr])*
            $(#[serde $section_serde:tt])?
            $section:ident {
                $(
                    $(#[doc = $doc:expr])*
                    $(#[schemars $schema:tt])?
                    $(#[serde $serde:tt])?
                    $field:ident $key:literal: $type:ty, $kind:ident $arguments:tt;
                )*
                $(..$rest:ident: $rest_type:ident)?
            }
        )*) => {{
            $($(let $field = key!($section $field $key $kind $arguments);)*)*
            Database {
                environment: Arc::clone(environment),
                file: Arc::clone(&source.file),
                names: Names::default(),
                $($($field,)*)*
            }
        }};
    }
    let mut database = keys! { database, environment, stem };
    let engine = database.engine.value;
    settle(&mut database, engine);
    Ok(database)
}

/// What follows from the keys once each is decided.
fn settle(database: &mut Database, engine: Engine) {
    keep_to_engine(database, engine);
    let family = database.facts().family(database.engine_version.value);
    database.names = Names::derive(&database.shortname, &database.environment.name, &family);
    if database.facts().is_cluster() {
        database.names.instance.clone_from(&database.names.cluster);
    }
    if let Some(adopted) = &database.adopt.value {
        database.names.instance.clone_from(&adopted.identifier);
        database.names.cluster.clone_from(&adopted.identifier);
        // Its name was fixed when somebody made it; what other configs want says nothing about it.
        if matches!(database.database_name.origin, Origin::Default(_)) {
            database.database_name = Resolved::new(None, Origin::BuiltIn);
        }
    }
    for user in [&mut database.app_user, &mut database.read_only_user] {
        let named =
            |pattern: &String| name::user(pattern, &database.shortname, &database.namespace.value);
        user.value = user.value.as_ref().map(named);
    }
}

/// The same database, had its config left out each of the keys that `defaults` can say: every one of them as its environment
/// decides it, while all others stay as they are. A key that has to be said stays, too.
#[must_use]
pub fn left_out(database: &Database) -> Database {
    let environment = &database.environment;
    let blank = Settings::default();
    let layers = Layers {
        config: &blank,
        defaults: &environment.spec.defaults,
    };
    macro_rules! key {
        (Config $field:ident $key:literal $kind:ident $arguments:tt) => {
            database.$field.clone()
        };
        (Settings $field:ident $key:literal required $arguments:tt) => {
            layers
                .find($key, |layer| layer.$field.clone())
                .unwrap_or_else(|| database.$field.clone())
        };
        (Settings $field:ident $key:literal merged($($below:expr)?)) => {
            layers.merge($key, |layer| layer.$field.as_ref(), None$(.or(Some($below)))?)
        };
        (Settings $field:ident $key:literal group()) => {
            proxy_left_out(&database.$field, &layers)
        };
        (Settings $field:ident $key:literal $kind:ident $arguments:tt) => {
            decide!($kind $arguments layers.find($key, |layer| layer.$field.clone()))
        };
    }
    macro_rules! database {
        ($(
            $(#[doc = $section_doc:expr])*
            $(#[serde $section_serde:tt])?
            $section:ident {
                $(
                    $(#[doc = $doc:expr])*
                    $(#[schemars $schema:tt])?
                    $(#[serde $serde:tt])?
                    $field:ident $key:literal: $type:ty, $kind:ident $arguments:tt;
                )*
                $(..$rest:ident: $rest_type:ident)?
            }
        )*) => {{
            // What is worked out from another key follows from the one in force.
            $($(let $field = &database.$field;)*)*
            $($(let _ = $field;)*)*
            Database {
                environment: Arc::clone(environment),
                file: Arc::clone(&database.file),
                names: Names::default(),
                $($($field: key!($section $field $key $kind $arguments),)*)*
            }
        }};
    }
    let mut left_out = keys! { database, environment, stem };
    settle(&mut left_out, database.engine.value);
    left_out
}

fn proxy_left_out(proxy: &Proxy, layers: &Layers) -> Proxy {
    macro_rules! group {
        ($(
            $(#[doc = $section_doc:expr])*
            $(#[serde $section_serde:tt])?
            $section:ident {
                $(
                    $(#[doc = $doc:expr])*
                    $(#[schemars $schema:tt])?
                    $(#[serde $serde:tt])?
                    $field:ident $key:literal: $type:ty, $kind:ident $arguments:tt;
                )*
                $(..$rest:ident: $rest_type:ident)?
            }
        )*) => {$({
            $(let $field = &proxy.$field;)*
            $(let _ = $field;)*
            $section {
                $($field: decide!($kind $arguments layers.find(
                    concat!("proxy/", $key),
                    |layer| layer.proxy.as_ref()?.$field.clone(),
                )),)*
            }
        })*};
    }
    proxy_keys! { group }
}

/// Takes back what `defaults` say for databases of another engine. What a config says itself is for its rules to judge.
fn keep_to_engine(database: &mut Database, engine: Engine) {
    let defaults = &database.environment.spec.defaults;
    let meant = defaults.engine.unwrap_or_default();
    let facts = engine.facts();
    if meant == engine {
        return;
    }
    drop_default(&mut database.engine_version, facts.default_major);
    drop_default(&mut database.port, facts.port);
    drop_default(&mut database.storage_type, facts.default_storage_type());
    drop_default(
        &mut database.log_exports,
        facts.default_log_exports.to_vec(),
    );
    drop_default(&mut database.proxy.session_pinning_filters, Vec::new());
    let is_default = |given: &Resolved<String>| matches!(given.origin, Origin::Default(_));
    database
        .parameters
        .retain(|name, given| !is_default(given) || facts.knows_parameter(name));
}

fn drop_default<T>(given: &mut Resolved<T>, built_in: T) {
    if matches!(given.origin, Origin::Default(_)) {
        *given = Resolved::new(built_in, Origin::BuiltIn);
    }
}

fn proxy(layers: &Layers) -> Proxy {
    macro_rules! group {
        ($(
            $(#[doc = $section_doc:expr])*
            $(#[serde $section_serde:tt])?
            $section:ident {
                $(
                    $(#[doc = $doc:expr])*
                    $(#[schemars $schema:tt])?
                    $(#[serde $serde:tt])?
                    $field:ident $key:literal: $type:ty, $kind:ident $arguments:tt;
                )*
                $(..$rest:ident: $rest_type:ident)?
            }
        )*) => {$({
            $(
                let $field = decide!($kind $arguments layers.find(
                    concat!("proxy/", $key),
                    |layer| layer.proxy.as_ref()?.$field.clone(),
                ));
            )*
            $section { $($field,)* }
        })*};
    }
    proxy_keys! { group }
}

fn missing(source: &Document, environment: &Environment, key: &str, example: &str) -> Problem {
    let help = format!(
        "write `{key}: {example}`, or set it for every config in `environments.{}.defaults` of valet.yaml",
        environment.name
    );
    let message = format!("`{key}` is missing");
    source.problem(&rule::MISSING_KEY, "", message).help(help)
}

/// A default, read as it would be from a config.
#[expect(
    clippy::expect_used,
    reason = "defaults are part of the program; every test run reads them"
)]
fn built_in<T: DeserializeOwned>(value: Value) -> T {
    T::deserialize(value).expect("the default is a value of its key")
}

fn sorted<T: Ord>(mut list: Resolved<Vec<T>>) -> Resolved<Vec<T>> {
    list.value.sort();
    list.value.dedup();
    list
}

/// A config over the defaults of its environment. Scalars and lists replace; maps merge by key.
struct Layers<'a> {
    config: &'a Settings,
    defaults: &'a Settings,
}

impl Layers<'_> {
    fn find<T>(
        &self,
        key: &'static str,
        read: impl Fn(&Settings) -> Option<T>,
    ) -> Option<Resolved<T>> {
        read(self.config)
            .map(|value| Resolved::new(value, Origin::Config(key)))
            .or_else(|| read(self.defaults).map(|value| Resolved::new(value, Origin::Default(key))))
    }

    fn merge(
        &self,
        key: &'static str,
        read: impl Fn(&Settings) -> Option<&BTreeMap<String, String>>,
        below: Option<&BTreeMap<String, String>>,
    ) -> BTreeMap<String, Resolved<String>> {
        let layers = [
            (below, Origin::Environment(key)),
            (read(self.defaults), Origin::Default(key)),
            (read(self.config), Origin::Config(key)),
        ];
        let mut merged = BTreeMap::new();
        for (layer, origin) in layers {
            let entries = layer.into_iter().flatten();
            merged.extend(
                entries.map(|(name, value)| (name.clone(), Resolved::new(value.clone(), origin))),
            );
        }
        merged
    }
}
