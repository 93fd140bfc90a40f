//! The pages under `docs/` that are made from the compiler's own tables: rules, keys, commands.

use anyhow::Result;
use serde_json::Value;
use storage_valet_rds::{
    aws::{
        engine::{Engine, Facts, Major, Upgrades},
        name::{self, ALWAYS, Kind, Names, SharedNames},
    },
    cli,
    config::schema::{self, Schema},
    diagnostic::rule,
    model::{consumer, identity},
    review::adoption,
    terraform::drift::table,
    text::suggest,
};

use crate::{derived::Derived, tables};

/// Said at the top of each page.
const MADE: &str = "<!-- Made by `cargo xtask docs`. Do not edit. -->\n";

/// Every page as it should be.
pub(crate) fn make() -> Result<Vec<Derived>> {
    let pages = [
        ("docs/adoption.md", adoption()),
        ("docs/commands.md", commands()),
        ("docs/drift.md", drift()),
        ("docs/config.md", keys("Keys of a config", &schema::CONFIG)?),
        ("docs/engines.md", engines()),
        ("docs/names.md", names_in_aws()),
        ("docs/rules.md", rules()),
        (
            "docs/workspace.md",
            keys("Keys of `valet.yaml`", &schema::WORKSPACE)?,
        ),
    ];
    Ok(pages
        .map(|(path, text)| (path.into(), text.into_bytes()))
        .into())
}

/// What is known of each engine.
fn engines() -> String {
    const WORDS: &str = include_str!("engines.md");
    let mut page = format!("{MADE}\n{WORDS}");
    for engine in Engine::ALL {
        let facts = engine.facts();
        page += &["\n## `", engine.as_str(), "`: ", facts.title, "\n\n"].concat();
        page += &tables::table(&["What", ""], engine_rows(facts));
        page += "\n";
        let version = |major: &Major| {
            let minors: Vec<_> = major.minors().map(|minor| minor.to_string()).collect();
            vec![
                major.version.to_string(),
                minors.join(", "),
                major.standard_support_ends.to_string(),
                if facts.is_proxied(major.version) {
                    "yes"
                } else {
                    "not documented"
                }
                .to_owned(),
            ]
        };
        let head = &[
            "Major",
            "Exact versions",
            "Standard support ends",
            "RDS Proxy",
        ];
        page += &tables::table(head, facts.majors.iter().map(version));
        page += "\nThrough the proxy:\n\n";
        for lack in facts.proxy_lacks {
            page += &["- ", lack, ".\n"].concat();
        }
    }
    page
}

fn engine_rows(facts: &Facts) -> Vec<Vec<String>> {
    let words = |words: Vec<&str>| suggest::list(&words);
    let upgrades = match facts.upgrades {
        Upgrades::ToAnyAsNew => "to any later major, of a minor at least as new",
        Upgrades::ToAny => "to any later major",
        Upgrades::ToNext => "to the next major",
    };
    let filters = words(
        facts
            .session_pinning_filters
            .iter()
            .map(|one| one.as_str())
            .collect(),
    );
    let rows = [
        ("Module", format!("`{}`", facts.form.module())),
        ("Versions as of", facts.as_of.to_string()),
        ("Default version", format!("`{}`", facts.default_major)),
        ("Upgrades", upgrades.to_owned()),
        ("Port", facts.port.to_string()),
        (
            "Storage",
            words(facts.storage_types.iter().map(|one| one.as_str()).collect()),
        ),
        (
            "Logs",
            words(facts.log_exports.iter().map(|one| one.as_str()).collect()),
        ),
        (
            "Logs by default",
            words(
                facts
                    .default_log_exports
                    .iter()
                    .map(|one| one.as_str())
                    .collect(),
            ),
        ),
        ("TLS forced by", format!("`{}`", facts.forced_tls_parameter)),
        ("Parameters known", facts.parameters.len().to_string()),
        ("Scheme of URLs", format!("`{}`", facts.client.url_scheme)),
        (
            "TLS of clients",
            format!("`{}={}`", facts.client.tls_option, facts.client.tls_level),
        ),
        (
            "Filters of the proxy",
            if filters.is_empty() {
                "none".to_owned()
            } else {
                filters
            },
        ),
    ];
    rows.map(|(what, value)| vec![what.to_owned(), value])
        .into()
}

/// What may become of each attribute of what a config takes over.
fn adoption() -> String {
    const WORDS: &str = include_str!("adoption.md");
    let row = |row: &adoption::Row| {
        let key = match row.key {
            "" => String::new(),
            key => format!("`{key}`"),
        };
        vec![
            format!("`{}`", row.attribute),
            row.holds().to_owned(),
            row.class.as_str().to_owned(),
            key,
            row.why.to_owned(),
        ]
    };
    let head = &["Attribute", "When", "Class", "Key", "Why"];
    let tables = adoption::TABLES.iter().map(|one| {
        let rows = tables::table(head, one.rows.iter().map(row));
        format!("### `{}`\n\n{rows}", one.kind)
    });
    let tables: Vec<_> = tables.collect();
    format!("{MADE}\n{WORDS}\n{}", tables.join("\n"))
}

/// What is thought of each change in AWS.
fn drift() -> String {
    const WORDS: &str = include_str!("drift.md");
    let about = |target: &table::Target| {
        let attributes = target.attributes.iter().map(|attribute| match *attribute {
            "" => "gone".to_owned(),
            "*" => "all else".to_owned(),
            attribute => format!("`{attribute}`"),
        });
        let attributes = attributes.collect::<Vec<_>>().join(", ");
        let resource = match target.resource {
            "*" => "everything".to_owned(),
            resource => format!("`{resource}`"),
        };
        match target.when.in_words() {
            "" => format!("{resource}: {attributes}"),
            when => format!("{resource}: {attributes} ({when})"),
        }
    };
    let row = |rule: &table::Rule| {
        let about: Vec<_> = rule.on.iter().map(about).collect();
        vec![
            format!("`{}`", rule.code),
            rule.class.in_words().to_owned(),
            about.join("<br>"),
            rule.why.to_owned(),
            rule.next.to_owned(),
            rule.source.to_owned(),
        ]
    };
    let head = &[
        "Rule",
        "Class",
        "About",
        "Why",
        "Next step besides an apply",
        "Source",
    ];
    format!(
        "{MADE}\n{WORDS}\n{}",
        tables::table(head, table::rules().map(row))
    )
}

fn rules() -> String {
    let row = |rule: &&rule::Rule| {
        vec![
            format!("`{}`", rule.code),
            rule.severity.as_str().to_owned(),
            rule.meaning.to_owned(),
        ]
    };
    let table = tables::table(&["Code", "Severity", "Meaning"], rule::ALL.iter().map(row));
    format!(
        "{MADE}\n# Rules\n\nEvery problem has one of these codes. `valet-rds rules CODE` explains one, with an example.\n\n{table}"
    )
}

/// The names of a unit whose identity is spelt as placeholders.
fn names_in_aws() -> String {
    let role = name::access_role("<namespace>", "<environment>");
    let state = name::state_key("<keyPrefix>", "<shortname>");
    let mut rows = vec![
        (Kind::Role, role, "default of `iamRoleName`".to_owned()),
        (Kind::StateKey, state, ALWAYS.to_owned()),
    ];
    let all = Names::derive("<shortname>", "<environment>", "<family>").all(&["<log>"]);
    rows.extend(
        all.into_iter()
            .map(|named| (named.kind, named.name, named.presence.words())),
    );
    rows.sort_by_key(|(kind, ..)| *kind);
    let cells = |(kind, name, presence): (Kind, String, String)| {
        vec![
            kind.as_str().to_owned(),
            format!("`{name}`"),
            kind.limit().to_string(),
            presence,
        ]
    };
    let head = &["What", "Name", "Limit", "When"];
    let own = tables::table(head, rows.into_iter().map(cells));
    let shared = SharedNames::derive("<environment>").all();
    let shared = shared
        .into_iter()
        .map(|(kind, name, presence)| cells((kind, name, presence.as_str().to_owned())));
    let shared = tables::table(head, shared);
    let prefix = consumer::name_prefix("<cluster>", "<environment>");
    let consumer = [
        (
            Kind::SecurityGroup,
            format!("{prefix}-<port>"),
            "each port".to_owned(),
        ),
        (
            Kind::Endpoint,
            format!("{prefix}-<shortname>"),
            "each database of the cluster".to_owned(),
        ),
        (
            Kind::StateKey,
            name::state_key("<keyPrefix>", &identity::of_cluster("<cluster>")),
            ALWAYS.to_owned(),
        ),
    ];
    let consumer = tables::table(head, consumer.map(cells));
    format!(
        "{MADE}\n# Names in AWS\n\nEvery name follows from the shortname and the environment; `valet-rds info UNIT` lists those of one database. A name\nthat would be longer than its limit keeps its start and ends in a hash of all of it.\n\n{own}\n## What the units of an environment share\n\n{shared}\n## The consumer side of a cluster\n\nThe hosted zone of each database is named exactly as the host of its proxy.\n\n{consumer}"
    )
}

fn commands() -> String {
    let mut page = format!("{MADE}\n# Commands\n\n");
    let mut command = cli::command("valet-rds").term_width(100);
    command.build();
    page += &help(&mut command);
    for name in names(&command) {
        if let Some(command) = command.find_subcommand_mut(&name) {
            let mut shown = command.clone().term_width(100);
            page.extend(["## ", &name, "\n\n", &help(&mut shown)]);
        }
    }
    page
}

fn names(command: &clap::Command) -> Vec<String> {
    let commands = command
        .get_subcommands()
        .filter(|command| !command.is_hide_set());
    let names = commands.map(|command| command.get_name().to_owned());
    names.filter(|name| name != "help").collect()
}

fn help(command: &mut clap::Command) -> String {
    let text = command.render_long_help().to_string();
    let lines: Vec<_> = text.trim_end().lines().map(str::trim_end).collect();
    format!("```text\n{}\n```\n\n", lines.join("\n"))
}

/// The keys of a file, nested ones by their path.
fn keys(title: &str, schema: &Schema) -> Result<String> {
    let schema: Value = serde_json::from_str(&schema.text())?;
    let mut rows = Vec::new();
    below(&schema, "", &mut rows);
    let table = tables::table(&["Key", "Type", "Meaning"], rows);
    Ok(format!("{MADE}\n# {title}\n\n{table}"))
}

fn below(node: &Value, path: &str, rows: &mut Vec<Vec<String>>) {
    let keys = node.get("properties").and_then(Value::as_object);
    let required: Vec<&str> = node
        .get("required")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    for (key, value) in keys.into_iter().flatten() {
        let path = format!("{path}{key}");
        let mut meaning = text(value, "description").replace('\n', " ");
        if required.contains(&key.as_str()) {
            meaning = format!("Required. {meaning}");
        }
        rows.push(vec![format!("`{path}`"), kind(value), meaning]);
        below(value, &format!("{path}."), rows);
        if let Some(item) = value.get("items") {
            below(item, &format!("{path}[]."), rows);
        }
        if let Some(entry) = value.get("additionalProperties") {
            below(entry, &format!("{path}.<name>."), rows);
        }
    }
}

fn text<'a>(node: &'a Value, key: &str) -> &'a str {
    node.get(key).and_then(Value::as_str).unwrap_or("")
}

/// The type of a value, or the words that it can be.
fn kind(node: &Value) -> String {
    let words = ["oneOf", "enum"].into_iter().find_map(|key| node.get(key));
    if let Some(Value::Array(words)) = words {
        let word = |word: &Value| format!("`{}`", bare(word.get("const").unwrap_or(word)));
        return words.iter().map(word).collect::<Vec<_>>().join(", ");
    }
    match node.get("type") {
        Some(Value::Array(kinds)) => kinds.iter().map(bare).collect::<Vec<_>>().join(" or "),
        Some(kind) if kind == "array" => match node.get("items") {
            Some(items) => format!("list of {}", self::kind(items)),
            None => "list".to_owned(),
        },
        Some(kind) if kind == "object" => "map".to_owned(),
        Some(kind) => bare(kind),
        None => String::new(),
    }
}

fn bare(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}
