//! `valet-rds adopt`: the configs of instances and clusters that are there already.

use std::{
    path::{Path, PathBuf},
    slice,
};

use clap::ValueEnum;

use crate::{
    adoption::{
        self, Outcome, Place, Secret,
        evidence::{self, Evidence, Given},
        existing::Existing,
        mapping,
        naming::{self, Names, Orders},
        old_root::Farewell,
        report,
    },
    cli::{
        context::Context,
        json::{self, adopt::Adopt},
        session::Session,
        stop::Stop,
        terminal::{note, print, say, show_problems},
        unit_argument::UnitArgument,
    },
    io,
    model::{identity::UnitId, world::World},
    text::{date::Date, screen::Screen, suggest},
};

/// How long the waivers hold that nobody says a day for.
const MONTHS: i8 = 6;

/// Arguments of `adopt`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
A FILE is what `aws rds describe-db-instances` prints, or what `terraform show -json` prints in
the root that holds an instance now. A cluster of Aurora is described by `describe-db-clusters`
and, with its instances, by `describe-db-instances`. Others tell more: what `describe-db-subnet-groups`,
`describe-db-parameter-groups`, `describe-db-cluster-parameter-groups`, `describe-db-parameters`,
`describe-db-cluster-parameters` and `list-tags-for-resource` print. Nothing is asked of AWS.

For example:
  valet-rds adopt prod/orders --from orders.json --report
  valet-rds adopt prod/orders --from orders.json
  valet-rds adopt --from-all described --mapping names.csv --report
  valet-rds adopt --from-all described --namespace-tag team --skip-refused")]
pub struct Arguments {
    #[command(flatten)]
    pub(in crate::cli) unit: UnitArgument,
    #[command(flatten)]
    sources: Sources,
    #[command(flatten)]
    naming: Naming,
    #[command(flatten)]
    login: Login,
    /// Last day of the waivers that are written [default: six months from today]
    #[arg(long, value_name = "DATE")]
    waivers_until: Option<Date>,
    /// Write nothing, and print what would be written
    #[arg(long, conflicts_with = "report")]
    dry_run: bool,
    /// Write nothing, and print what each database keeps of its own, what is waived, and who is refused
    #[arg(long)]
    report: bool,
    /// Write the others, when some are refused
    #[arg(long)]
    skip_refused: bool,
    /// How to print it
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    format: Format,
}

/// The files that tell of databases.
#[derive(Debug, clap::Args)]
struct Sources {
    /// What AWS or Terraform says of the instance, or of the cluster and its instances; `-` for standard input
    #[arg(long, value_name = "FILE", num_args = 1.., required_unless_present = "from_all")]
    from: Vec<PathBuf>,
    /// Folder with such files, `*.json`, of many databases
    #[arg(long, value_name = "DIR")]
    from_all: Option<PathBuf>,
    /// What `terraform show -json` prints in a root that holds databases now: what it then has to be told is printed
    #[arg(long, value_name = "FILE")]
    old_root: Vec<PathBuf>,
}

/// Which database becomes which unit.
#[derive(Debug, clap::Args)]
struct Naming {
    /// Identifier of the instance or the cluster, when the files describe several
    #[arg(long, value_name = "NAME", conflicts_with_all = ["mapping", "namespace_tag"])]
    identifier: Option<String>,
    /// Identity of the database: the start of the names of what grows around it [default: the namespace without hyphens]
    #[arg(long, value_name = "NAME", conflicts_with_all = ["mapping", "namespace_tag"])]
    shortname: Option<String>,
    /// File that names databases: identifier, environment, namespace, shortname, secretArn, kmsKeyArn; as YAML, JSON or CSV
    #[arg(long, value_name = "FILE", conflicts_with_all = ["namespace_tag", "unit", "namespace"])]
    mapping: Option<PathBuf>,
    /// Tag of the databases that holds the namespace
    #[arg(long, value_name = "KEY", conflicts_with_all = ["unit", "namespace"])]
    namespace_tag: Option<String>,
    /// Tag of the databases that holds the environment [default: the only one of their account, Region and VPC]
    #[arg(long, value_name = "KEY", requires = "namespace_tag")]
    environment_tag: Option<String>,
}

/// What the proxy logs in with; without any, databases are only imported.
#[derive(Debug, clap::Args)]
struct Login {
    /// Secret with the master's `username` and `password`, for the proxy; only once no older root has it
    #[arg(long, value_name = "ARN", conflicts_with_all = ["managed_secret", "mapping", "namespace_tag"])]
    secret_arn: Option<String>,
    /// KMS key of that secret, when it is not AWS's own
    #[arg(long, value_name = "ARN", requires = "secret_arn")]
    kms_key_arn: Option<String>,
    /// The same with the secret that RDS manages for it
    #[arg(long)]
    managed_secret: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    Human,
    /// One JSON document on standard output
    Json,
}

/// Runs the command.
///
/// # Errors
/// When a file cannot be used, a database is refused, or the new configs would not compile.
pub fn run(arguments: &Arguments, context: &Context) -> Result<(), Stop> {
    let until = arguments.until(context.today)?;
    let names = arguments.names()?;
    let evidence = arguments.sources.read()?;
    let (session, _lock) = if arguments.writes() {
        let (session, lock) = context.open_locked(&[])?;
        (session, Some(lock))
    } else {
        (context.open()?, None)
    };
    let all = arguments.orders(&session, &evidence, &names)?;
    let standing = session.standing()?;
    let place = Place {
        environments: &session.environments,
        standing: &standing,
        world: World::new(session.today, &session),
        until,
    };
    let outcome = adoption::adopt(&all.orders, all.refused, place);
    let farewells = adoption::farewells(&outcome.drafts, &evidence.found, &evidence.old_roots);
    let end = End {
        arguments,
        session: &session,
        outcome: &outcome,
        left_out: &all.left_out,
        farewells: &farewells,
        is_one: matches!(names, Names::One { .. }),
    };
    end.end(context)
}

impl Arguments {
    fn writes(&self) -> bool {
        !self.dry_run && !self.report
    }

    fn until(&self, today: Date) -> Result<Date, Stop> {
        match self.waivers_until {
            None => Ok(today.months_after(MONTHS)),
            Some(day) if day >= today => Ok(day),
            Some(day) => Err(Stop::Usage(format!("--waivers-until: {day} is over"))),
        }
    }

    fn names(&self) -> Result<Names, Stop> {
        let Naming {
            shortname,
            mapping,
            namespace_tag,
            environment_tag,
            ..
        } = &self.naming;
        let (environment, namespace) = self.unit.parts()?;
        if let Some(file) = mapping {
            if environment.is_some() {
                let message = "--environment and --mapping: the mapping names environments";
                return Err(Stop::Usage(message.to_owned()));
            }
            let bytes = io::read_all(evidence::MAX_BYTES, file)?;
            let shown = file.display().to_string();
            let rows = mapping::read(&shown, &bytes);
            return Ok(Names::Mapping(
                rows.map_err(|reason| wrong(&shown, reason))?,
            ));
        }
        if let Some(tag) = namespace_tag {
            return Ok(Names::Tags {
                namespace: tag.clone(),
                environment_tag: environment_tag.clone(),
                environment,
            });
        }
        if self.sources.from_all.is_some() && environment.is_none() && namespace.is_none() {
            let message = "--from-all goes with --mapping or --namespace-tag, which name the units";
            return Err(Stop::Usage(message.to_owned()));
        }
        if let (None, None, Some(unit)) = (&environment, &namespace, self.sources.swallowed()) {
            let message =
                format!("--from takes every word behind it; write `adopt {unit} --from …`");
            return Err(Stop::Usage(message));
        }
        Ok(Names::One {
            unit: self.unit.unit()?,
            shortname: shortname.clone(),
        })
    }

    fn orders<'a>(
        &self,
        session: &'a Session,
        evidence: &'a Evidence,
        names: &Names,
    ) -> Result<Orders<'a>, Stop> {
        let found = match names {
            Names::One { unit, .. } => self.one(session, unit, &evidence.found)?,
            Names::Tags {
                environment: Some(name),
                ..
            } => {
                session.environment(name)?;
                &evidence.found
            }
            _ => &evidence.found,
        };
        let secret = self.login.secret();
        Ok(naming::name(
            found,
            &session.environments,
            names,
            secret.as_ref(),
        ))
    }

    /// The one database that is meant.
    fn one<'a>(
        &self,
        session: &Session,
        unit: &UnitId,
        found: &'a [Existing],
    ) -> Result<&'a [Existing], Stop> {
        session.environment(&unit.environment)?;
        let wanted = self.naming.identifier.as_ref();
        let one = match (wanted, found) {
            (None, [only]) => only,
            (None, []) => return Err(rejected("no file describes an instance or a cluster")),
            (None, _) => {
                return Err(Stop::Usage(format!(
                    "the files describe {} databases; name one with --identifier, or all with --mapping or --namespace-tag",
                    found.len()
                )));
            }
            (Some(name), _) => {
                let is_it = |one: &&Existing| one.identifier == *name || one.arn.text == *name;
                if found.iter().filter(is_it).count() > 1 {
                    return Err(Stop::Usage(format!(
                        "an instance and a cluster, or two accounts, have `{name}`; name it by its ARN"
                    )));
                }
                found.iter().find(is_it).ok_or_else(|| {
                    let known: Vec<_> = found.iter().map(|one| &one.identifier).collect();
                    let help = suggest::question_or_list(name, &known, "they describe");
                    Stop::Usage(format!("no file describes `{name}`; {help}"))
                })?
            }
        };
        Ok(slice::from_ref(one))
    }
}

impl Login {
    fn secret(&self) -> Option<Secret> {
        if self.managed_secret {
            return Some(Secret::Managed);
        }
        Some(Secret::Named {
            arn: self.secret_arn.clone()?,
            kms_key_arn: self.kms_key_arn.clone(),
        })
    }
}

impl Sources {
    /// A unit that stands behind the files, and was taken for one of them.
    fn swallowed(&self) -> Option<UnitId> {
        let mut words = self.from.iter().filter(|path| !io::is_there(path));
        words.find_map(|path| path.to_str()?.parse().ok())
    }

    fn read(&self) -> Result<Evidence, Stop> {
        let mut files = Vec::new();
        for path in &self.from {
            files.push(given(path, false)?);
        }
        if let Some(folder) = &self.from_all {
            let found = io::json_files(folder)?;
            if found.is_empty() {
                return Err(wrong(
                    &folder.display().to_string(),
                    "there is no file `*.json` in it",
                ));
            }
            for path in &found {
                files.push(given(path, false)?);
            }
        }
        for path in &self.old_root {
            files.push(given(path, true)?);
        }
        evidence::read(files).map_err(|unreadable| {
            for one in &unreadable {
                say(&wrong_line(&one.file, &one.reason));
            }
            Stop::Rejected
        })
    }
}

fn given(path: &Path, is_old_root: bool) -> Result<Given, Stop> {
    let is_stdin = path == Path::new("-");
    let bytes = if is_stdin {
        io::read_all_of_stdin(evidence::MAX_BYTES)?
    } else {
        io::read_all(evidence::MAX_BYTES, path)?
    };
    let name = if is_stdin {
        "<stdin>".to_owned()
    } else {
        path.display().to_string()
    };
    Ok(Given {
        name,
        bytes,
        is_old_root,
    })
}

fn wrong_line(file: &str, reason: &str) -> Screen {
    Screen::of_line(format_args!("wrong: {file}: {reason}"))
}

/// A file that says what it should not: a problem, and not of the machine.
fn wrong(file: &str, reason: impl AsRef<str>) -> Stop {
    say(&wrong_line(file, reason.as_ref()));
    Stop::Rejected
}

fn rejected(reason: &str) -> Stop {
    note(format_args!("wrong: {reason}"));
    Stop::Rejected
}

/// What a run comes to, and how it is told.
struct End<'a> {
    arguments: &'a Arguments,
    session: &'a Session,
    outcome: &'a Outcome,
    left_out: &'a [String],
    farewells: &'a [Farewell],
    is_one: bool,
}

impl End<'_> {
    fn end(&self, context: &Context) -> Result<(), Stop> {
        let refused = !self.outcome.refused.is_empty();
        let is_broken = self.outcome.problems.has_errors();
        let may_write = !is_broken && (!refused || self.arguments.skip_refused);
        let written = if self.arguments.writes() && may_write {
            Some(self.write()?)
        } else {
            None
        };
        match self.arguments.format {
            Format::Json => self.json(written.is_some())?,
            Format::Human => self.human(context, written)?,
        }
        if refused || is_broken {
            return Err(Stop::Rejected);
        }
        Ok(())
    }

    /// Writes what is not there yet, word for word, and says how many that was.
    fn write(&self) -> Result<usize, Stop> {
        let mut files = Vec::new();
        for draft in &self.outcome.drafts {
            let there = io::find_in(&self.session.workspace, &draft.path)?;
            if there.is_none_or(|there| there != draft.text.as_bytes()) {
                files.push((draft.path.as_str(), draft.text.as_str()));
            }
        }
        io::write_configs(&self.session.workspace, &files)?;
        Ok(files.len())
    }

    fn json(&self, is_written: bool) -> Result<(), Stop> {
        json::print(&Adopt::new(
            self.outcome,
            self.left_out,
            self.farewells,
            is_written,
            &self.session.prefix,
        ))
    }

    fn human(&self, context: &Context, written: Option<usize>) -> Result<(), Stop> {
        let outcome = self.outcome;
        show_problems(&outcome.problems, &self.session.base, context.color);
        let mut screen = if self.arguments.report {
            report::whole(outcome)
        } else if self.is_one || self.arguments.dry_run {
            let texts = outcome.drafts.iter();
            texts.map(|draft| Screen::lines(&draft.text)).collect()
        } else {
            report::lines(&outcome.drafts, &self.session.base)
        };
        let farewells = report::farewells(self.farewells);
        if screen != Screen::new() && farewells != Screen::new() {
            screen.line("");
        }
        screen.push(&farewells);
        print(&screen)?;
        say(&report::refused(&outcome.refused, self.left_out));
        if self.is_one && !self.arguments.report {
            for draft in &outcome.drafts {
                for remark in &draft.notes {
                    note(format_args!("note: {}: {remark}", draft.unit));
                }
            }
        }
        note(report::count(outcome, self.left_out));
        match written {
            Some(_) if outcome.drafts.is_empty() => {}
            Some(count) => self.next(context, count),
            None if !self.arguments.writes() || outcome.drafts.is_empty() => {}
            None if outcome.problems.has_errors() => note("nothing was written"),
            None => note("nothing was written; --skip-refused writes the others"),
        }
        Ok(())
    }

    fn next(&self, context: &Context, written: usize) {
        let base = &self.session.base;
        let what = match self.outcome.drafts.as_slice() {
            [only] => {
                let verb = if written == 0 {
                    "unchanged:"
                } else {
                    "created"
                };
                note(format_args!("{verb} {base}{}", only.path));
                format!(" {}", only.unit)
            }
            many => {
                let same = many.len() - written;
                note(format_args!("{written} configs created, {same} unchanged"));
                String::new()
            }
        };
        note(format_args!(
            "next: run `{} generate{what}` and commit what both wrote for review; the first plan imports",
            context.program
        ));
    }
}
