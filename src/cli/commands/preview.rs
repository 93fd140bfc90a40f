//! `valet-rds preview`: the HCL of one unit, reading nothing but its config and `valet.yaml`.

mod watch;

use std::{path::Path, sync::Arc};

use crate::{
    cli::{
        complete,
        context::Context,
        session::Session,
        stop::Stop,
        terminal::{is_colored, note, print, show_problems},
    },
    compile::{self, example},
    diagnostic::Diagnostics,
    io,
    model::{Environment, world::World},
    terraform::{
        lower,
        print::{Colored, Sink, Style, print_file_to},
        root_module::RootModule,
    },
    text::{screen::Screen, unicode::spelt_out},
};

/// Arguments of `preview`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// ENVIRONMENT/NAMESPACE, or the path of a config, or `-` for standard input
    #[arg(value_name = "UNIT|FILE", add = complete::unit_names())]
    what: String,
    /// Compile again whenever the config or `valet.yaml` is saved, until interrupted
    #[arg(long)]
    watch: bool,
}

/// Runs the command.
///
/// # Errors
/// When the config does not compile.
pub fn run(arguments: &Arguments, context: &Context) -> Result<(), Stop> {
    if arguments.watch {
        return watch::run(arguments, context);
    }
    let compiled = compile(&arguments.what, context)?;
    if compiled.outside {
        note("note: outside any workspace; the environment is a built-in example");
    }
    let Some(hcl) = compiled.hcl else {
        return Err(Stop::Problems {
            problems: compiled.problems,
            base: compiled.base,
        });
    };
    show_problems(&compiled.problems, &compiled.base, context.color);
    print(&hcl)
}

/// What a config comes to.
struct Compiled {
    /// Whether the environment is the built-in example.
    outside: bool,
    problems: Diagnostics,
    base: String,
    /// The Terraform, coloured for standard output, unless an error is among the problems.
    hcl: Option<Screen>,
}

fn compile(what: &str, context: &Context) -> Result<Compiled, Stop> {
    let Subject {
        environment,
        path,
        bytes,
        session,
    } = subject(what, context)?;
    let world = match &session {
        Some(session) => World::new(session.today, session),
        None => World::on(context.today),
    };
    let (database, problems) = compile::unit(&environment, &path, bytes, world);
    let rejected = problems.has_errors();
    let database = database.filter(|_| !rejected);
    let hcl = database.map(|database| {
        let root = lower::unit(&database);
        if is_colored(context.color) {
            let mut colored = Colored::default();
            print_to(&mut colored, &root);
            Screen::colored(&colored.0)
        } else {
            let mut plain = String::new();
            print_to(&mut plain, &root);
            Screen::lines(&plain)
        }
    });
    Ok(Compiled {
        outside: session.is_none(),
        problems,
        base: session.map(|session| session.base).unwrap_or_default(),
        hcl,
    })
}

/// Prints every file of a root, each under its path.
fn print_to<'a>(sink: &mut impl Sink<'a>, root: &'a RootModule) {
    for (at, file) in root.files.iter().enumerate() {
        if at > 0 {
            sink.push("\n");
        }
        sink.style(Style::Comment, |sink| {
            sink.push("# ");
            sink.push(&spelt_out(&root.path(file)));
        });
        sink.push("\n");
        print_file_to(sink, &root.written_in, &file.notes, &file.blocks);
    }
}

struct Subject {
    environment: Arc<Environment>,
    path: String,
    bytes: Vec<u8>,
    /// The workspace that it is in; none for the built-in example environment.
    session: Option<Session>,
}

fn subject(what: &str, context: &Context) -> Result<Subject, Stop> {
    let path = Path::new(what);
    let words = [what.to_owned()];
    let is_in_workspace = || {
        let workspace = context.workspace(&words);
        workspace.is_ok_and(|workspace| io::is_in(&workspace, path))
    };
    if what != "-" && (!io::is_file(path) || is_in_workspace()) {
        let session = context.open_around(&words)?;
        let (environment, path) = session.find(what)?;
        return Ok(Subject {
            bytes: io::read_in(&session.workspace, &path)?,
            environment,
            path,
            session: Some(session),
        });
    }
    let bytes = if what == "-" {
        io::read_stdin()?
    } else {
        io::read_named(path)?
    };
    let environment = example::environment().ok().flatten();
    let environment = environment
        .ok_or_else(|| Stop::Usage("the built-in example environment is broken".to_owned()))?;
    let path = if what == "-" {
        stdin_path(&bytes)
    } else {
        what.to_owned()
    };
    Ok(Subject {
        environment,
        path,
        bytes,
        session: None,
    })
}

/// Standard input has no name; the namespace that it states stands in for one.
fn stdin_path(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let namespace = text
        .lines()
        .find_map(|line| line.strip_prefix("namespace:"));
    let namespace = namespace.map_or("stdin", |value| value.trim().trim_matches(['"', '\'']));
    format!("{namespace}.yaml")
}
