//! `valet-rds info`: everything that is decided about a unit.

use clap::ValueEnum;

use crate::{
    cli::{
        context::Context,
        json::{self, info::Info},
        outputs_argument::OutputsArgument,
        stop::Stop,
        terminal::{print, show_problems},
        unit_argument::UnitArgument,
    },
    connect::{
        outputs::{self, Outputs},
        way::Ways,
    },
    inspect::{
        debts::{self, Debt},
        names,
        resolved::{self, shown},
    },
    model::{Database, consumer::Consumer},
    review::impact::{Happens, Impact},
    text::screen::Screen,
};

/// Arguments of `info`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    pub(in crate::cli) unit: UnitArgument,
    #[command(flatten)]
    outputs: OutputsArgument,
    /// How to print it
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    format: Format,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Tables
    Human,
    /// One YAML document
    Yaml,
    /// One JSON document
    Json,
}

/// Runs the command.
///
/// # Errors
/// When there is no such unit, it does not compile, or the outputs are not its own.
pub fn run(arguments: &Arguments, context: &Context) -> Result<(), Stop> {
    let session = context.open()?;
    let (database, problems) = session.compile_unit(&arguments.unit.unit()?)?;
    let outputs = arguments.outputs.read(&session, &database)?;
    show_problems(&problems, &session.base, context.color);
    let outputs = outputs.as_ref();
    let (consumers, wrong) = session.consumers(std::slice::from_ref(&database))?;
    if wrong.has_errors() {
        return Err(session.problems(wrong));
    }
    let info = || Info::new(&database, &consumers, outputs, &session.prefix);
    match arguments.format {
        Format::Human => print(&human(&database, &consumers, outputs)),
        Format::Json => json::print(&info()),
        Format::Yaml => json::print_yaml(&info()),
    }
}

/// The ways from clusters to a database, one a row.
fn ways(database: &Database, consumers: &[Consumer]) -> Vec<(String, String)> {
    let ways = Ways::of(database);
    let ours = ways.consumers.iter().flat_map(|(unit, (spec, clusters))| {
        let consumer = consumers.iter().find(|one| one.unit() == *unit);
        let waiting = consumer.and_then(|consumer| consumer.waiting.first());
        let what = match waiting {
            Some(waiting) => format!("{unit}: no endpoint yet: {}", waiting.reason),
            None => format!("{unit}: endpoint in {}", spec.vpc_id),
        };
        let row = move |cluster: &&String| ((*cluster).clone(), what.clone());
        clusters.iter().map(row).collect::<Vec<_>>()
    });
    let others = ways.others.iter();
    let others = others.map(|cluster| ((*cluster).clone(), "private-link entry".to_owned()));
    ours.chain(others).collect()
}

fn human(database: &Database, consumers: &[Consumer], outputs: Option<&Outputs>) -> Screen {
    let spec = &database.environment.spec;
    let entries: Vec<_> = resolved::entries(database)
        .into_iter()
        .filter(|entry| !entry.value.is_null())
        .map(|entry| {
            let place = entry.place(database);
            (entry.key.join("."), shown(&entry.value), place)
        })
        .collect();
    let width = |texts: &mut dyn Iterator<Item = &String>| {
        texts.map(|text| text.chars().count()).max().unwrap_or(0)
    };
    let keys = width(&mut entries.iter().map(|(key, ..)| key));
    // A long value moves its own origin alone.
    let values = width(&mut entries.iter().map(|(_, value, _)| value)).min(32);
    let mut text = Screen::of_line(format_args!(
        "{} in account {}, {}",
        database.unit(),
        spec.account_id,
        spec.region,
    ));
    text.line(format_args!("config {}", database.file.path));
    text.line(format_args!("root   {}", database.directory()));
    text.line("");
    for (key, value, origin) in &entries {
        text.line(format_args!("{key:keys$}  {value:values$}  {origin}"));
    }
    text.line("");
    text.line("Names in AWS");
    let names = names::names(database).into_iter();
    let names: Vec<_> = names
        .map(|named| (named.kind.as_str(), named.name))
        .collect();
    table(&mut text, &names);
    if let Some(debts) = debts::debts(database) {
        text.line("");
        text.line("Otherwise than in databases that this tool makes");
        for debt in debts {
            owed(&mut text, &debt);
        }
    }
    if !database.consumers().is_empty() {
        text.line("");
        text.line("From the clusters");
        let ways = ways(database, consumers);
        let ways: Vec<_> = ways
            .iter()
            .map(|(cluster, what)| (cluster.as_str(), what.clone()))
            .collect();
        table(&mut text, &ways);
    }
    text.line("");
    text.line("Known after apply");
    match outputs {
        Some(outputs) => table(&mut text, &known(outputs)),
        None => text.line(format_args!(
                "nothing yet: `valet-rds apply` writes {}/{}, to be committed; or name what `terraform output -json` prints with --outputs",
                database.directory(),
                outputs::FILE
            )),
    }
    text
}

/// What an adopted instance has otherwise, and the next step.
fn owed(text: &mut Screen, debt: &Debt) {
    text.line(format_args!("{}  {}", debt.key, debt.what));
    let Some(step) = &debt.next else {
        text.line("    for ever");
        return;
    };
    let when = match step.happens {
        _ if step.grade == Impact::None => "",
        Happens::Now => ", with the apply",
        Happens::Restart => ", with the next restart",
        Happens::Window => ", in the maintenance window",
    };
    text.line(format_args!(
        "    next: {}: {}{when}",
        step.write,
        step.grade.as_str()
    ));
    if !step.why.is_empty() {
        text.line(format_args!("    why: {}", step.why));
    }
}

fn table(text: &mut Screen, rows: &[(&str, String)]) {
    let kinds = rows.iter().map(|(kind, _)| kind.len()).max().unwrap_or(0);
    for (kind, name) in rows {
        text.line(format_args!("{kind:kinds$}  {name}"));
    }
}

/// What apply told, in the words of the service team.
fn known(outputs: &Outputs) -> Vec<(&'static str, String)> {
    let mut rows = vec![
        ("endpoint", outputs.proxy_endpoint.clone()),
        ("port", outputs.port.to_string()),
        ("user", outputs.username.clone()),
        ("secret", outputs.secret_arn.clone()),
        ("role", outputs.role_arn.clone()),
        ("service name", outputs.endpoint_service_name.clone()),
    ];
    let reader = outputs.read_only_secret_arn.clone();
    rows.extend(reader.map(|secret| ("read-only secret", secret)));
    rows.extend(outputs.database_name.clone().map(|name| ("database", name)));
    rows
}
