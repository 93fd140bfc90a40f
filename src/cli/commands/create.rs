//! `valet-rds create`: write the config of a unit, or change values in it and leave the rest as it is.

mod questions;

use crate::{
    cli::{
        complete,
        context::Context,
        session::Session,
        stop::Stop,
        terminal::{note, print, show_problems},
        unit_argument::UnitArgument,
    },
    compile::{
        config_edit::{ConfigEdit, Verdict},
        fix::CONFIG_SCHEMA,
    },
    config::assignment::{self, Assignment},
    io,
    model::world::World,
    rules,
    text::screen::Screen,
};

/// Arguments of `create`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
A config that is there is updated in place: comments, order and everything that is not named stay.
On a terminal, what is missing is asked for.

For example:
  valet-rds create dev3/test-dev -sn testdev -u postgres -i db.t4g.large
  valet-rds create dev3/test-dev --set engineVersion=17 --set proxy.idleClientTimeout=900")]
pub struct Arguments {
    #[command(flatten)]
    pub(in crate::cli) unit: UnitArgument,
    /// Instance class, such as db.t4g.medium
    #[arg(short, long, value_name = "CLASS")]
    instance_class: Option<String>,
    /// Size of the volume in GiB
    #[arg(short = 's', long, value_name = "GIB")]
    allocated_storage: Option<String>,
    /// Master user
    #[arg(short, long, value_name = "USER")]
    username: Option<String>,
    /// Identity of the database: the start of its name in AWS
    #[arg(long, value_name = "NAME")]
    shortname: Option<String>,
    /// Whether the volume is encrypted
    #[arg(long, value_name = "BOOL", num_args = 0..=1, default_missing_value = "true")]
    encrypted: Option<String>,
    /// Daily window for backups in UTC, such as 16:00-17:00
    #[arg(long, value_name = "WINDOW")]
    backup_window: Option<String>,
    /// Days that backups are kept
    #[arg(long, value_name = "DAYS")]
    backup_retention_period: Option<String>,
    /// Weekly window for maintenance in UTC, such as Sun:18:00-Sun:19:00
    #[arg(long, value_name = "WINDOW")]
    maintenance_window: Option<String>,
    /// Sets any key of a config; may be given several times
    #[arg(long, value_name = "KEY=VALUE", add = complete::keys())]
    set: Vec<String>,
    /// Also write the usual keys with the values that they would have by default
    #[arg(long)]
    write_defaults: bool,
}

impl Arguments {
    /// Keys of the options, with the option as it is shown and its value.
    fn options(&self) -> [(&'static str, &Option<String>); 8] {
        [
            ("allocatedStorage", &self.allocated_storage),
            ("backupRetentionPeriod", &self.backup_retention_period),
            ("backupWindow", &self.backup_window),
            ("encrypted", &self.encrypted),
            ("instanceClass", &self.instance_class),
            ("maintenanceWindow", &self.maintenance_window),
            ("shortname", &self.shortname),
            ("username", &self.username),
        ]
    }

    fn assignments(&self) -> Result<Vec<Assignment>, Stop> {
        let given = |(key, value): (&str, &Option<String>)| {
            value.as_ref().map(|value| assignment::assign(key, value))
        };
        let options = self.options().into_iter().filter_map(given);
        let sets = self.set.iter().map(|text| assignment::parse(text));
        let assignments = options.chain(sets).collect::<Result<Vec<_>, _>>()?;
        for (index, one) in assignments.iter().enumerate() {
            let others = assignments.iter().take(index);
            let clashes = |other: &Assignment| {
                one.path.starts_with(&other.path) || other.path.starts_with(&one.path)
            };
            if others.into_iter().any(clashes) {
                let key = one.path.join(".");
                return Err(Stop::Usage(format!("`{key}` is set twice")));
            }
        }
        Ok(assignments)
    }
}

/// Runs the command.
///
/// # Errors
/// When a required value is missing, the file cannot be changed in place, or the result would not compile.
pub fn run(arguments: &Arguments, context: &Context) -> Result<(), Stop> {
    let session = context.open()?;
    let mut assignments = arguments.assignments()?;
    let (environment, namespace) = questions::unit(&session, arguments.unit.parts()?)?;
    let environment = session.environment(&environment)?;
    if !rules::is_namespace(&namespace) {
        return Err(Stop::Usage(format!(
            "`{namespace}` is not a namespace: use lower-case letters, digits and hyphens, at most 63"
        )));
    }
    let path = format!("{}/{namespace}.yaml", environment.spec.configs);
    let mut draft = ConfigEdit {
        environments: &session.environments,
        environment,
        old: old(&session, &path)?,
        others: session.others(environment, &path)?,
        path,
        world: World::new(session.today, &session),
    };
    let old = draft.old.clone();
    questions::values(&session, &mut draft, &mut assignments)?;
    let text = text(&draft, &mut assignments, arguments.write_defaults)
        .map_err(|problems| session.problems(problems))?;
    let Verdict {
        problems, unknown, ..
    } = draft.check(&text);
    if problems.has_errors() {
        return Err(session.problems(problems));
    }
    let unchanged = old.as_ref() == Some(&text);
    if !unchanged {
        write(&session, &draft, &text)?;
    }
    show_problems(&problems, &session.base, context.color);
    print(&Screen::lines(&text))?;
    for key in unknown {
        note(format!(
            "note: `{key}` is not known to this version; it is kept"
        ));
    }
    if old.is_none() && !io::is_there(&session.workspace.join(CONFIG_SCHEMA)) {
        let base = &session.base;
        note(format!(
            "note: {base}{CONFIG_SCHEMA}, which the first line shows to editors, is not there: \
             `mkdir -p {base}schemas && {} schema config > {base}{CONFIG_SCHEMA}`",
            context.program
        ));
    }
    let verb = match old {
        None => "created",
        Some(_) if unchanged => "unchanged:",
        Some(_) => "updated",
    };
    note(format!("{verb} {}{}", session.base, draft.path));
    note(format!(
        "next: run `{} generate {}/{namespace}` and commit what both wrote for review",
        context.program, environment.name
    ));
    Ok(())
}

/// Writes the text, unless somebody else has written the file since it was read.
fn write(session: &Session, draft: &ConfigEdit, text: &str) -> Result<(), Stop> {
    let _lock = io::lock(&session.workspace)?;
    if old(session, &draft.path)? != draft.old {
        return Err(Stop::Usage(format!(
            "{}{} has changed meanwhile; nothing was written",
            session.base, draft.path
        )));
    }
    io::write_config(&session.workspace, &draft.path, text)?;
    Ok(())
}

/// Text of the config as it is.
fn old(session: &Session, path: &str) -> Result<Option<String>, Stop> {
    let Some(bytes) = io::find_in(&session.workspace, path)? else {
        return Ok(None);
    };
    let source = crate::yaml::decode(path, bytes, crate::yaml::SMALL);
    let source = source.map_err(|problems| session.problems(problems))?;
    Ok(Some(source))
}

fn text(
    draft: &ConfigEdit,
    assignments: &mut Vec<Assignment>,
    write_defaults: bool,
) -> crate::diagnostic::Checked<String> {
    let text = draft.text(assignments)?;
    if !write_defaults {
        return Ok(text);
    }
    assignments.extend(draft.defaults(&text));
    draft.text(assignments)
}
