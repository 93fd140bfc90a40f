//! `valet-rds graph`: the wiring from pod to database, drawn.

use clap::ValueEnum;

use crate::{
    cli::{
        context::Context,
        session::Session,
        stop::Stop,
        terminal::print,
        unit_argument::{UnitArgument, missing},
    },
    compile,
    diagnostic::Diagnostics,
    inspect::graph::{self, Graph},
    model::identity::UnitId,
    text::{screen::Screen, suggest},
};

/// Arguments of `graph`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Without a namespace, all units of the environment
    #[command(flatten)]
    pub(in crate::cli) unit: UnitArgument,
    /// What to draw with
    #[arg(long, value_name = "FORMAT", default_value = "mermaid")]
    format: Format,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A flowchart that GitHub draws in Markdown
    Mermaid,
    /// For Graphviz
    Dot,
    /// A picture that needs nothing else, readable in light and dark
    Svg,
}

/// Runs the command.
///
/// # Errors
/// When there is no such unit or environment, or a config is wrong.
pub fn run(arguments: &Arguments, context: &Context) -> Result<(), Stop> {
    let session = context.open()?;
    let graph = match arguments.unit.parts()? {
        (Some(environment), Some(namespace)) => {
            unit_graph(&session, &UnitId::new(environment, namespace))?
        }
        (Some(environment), None) => fleet(&session, &environment)?,
        (None, _) => return Err(missing("--environment")),
    };
    print(&Screen::lines(&match arguments.format {
        Format::Mermaid => graph::mermaid(&graph),
        Format::Dot => graph::dot(&graph),
        Format::Svg => graph::svg(&graph),
    }))
}

fn unit_graph(session: &Session, unit: &UnitId) -> Result<Graph, Stop> {
    let (database, _) = session.compile_unit(unit)?;
    Ok(graph::unit(&database))
}

fn fleet(session: &Session, name: &str) -> Result<Graph, Stop> {
    let Some(environment) = session.environments.iter().find(|known| known.name == name) else {
        let known: Vec<_> = session
            .environments
            .iter()
            .map(|known| &known.name)
            .collect();
        let known = suggest::list(&known);
        return Err(Stop::Usage(format!(
            "there is no environment `{name}`; there are {known}"
        )));
    };
    let (compiled, _) = session.compile()?;
    let folder = format!("{}/", environment.spec.configs);
    let wrong: Diagnostics = compiled
        .problems
        .into_iter()
        .filter(|problem| {
            let path = &problem.span.file.path;
            let concerns = path.starts_with(&folder) || path == compile::WORKSPACE_FILE;
            concerns && problem.is_error()
        })
        .collect();
    if !wrong.is_empty() {
        return Err(session.problems(wrong));
    }
    let databases: Vec<_> = compiled
        .databases
        .iter()
        .filter(|database| database.environment.name == name)
        .collect();
    Ok(graph::environment(environment, &databases))
}
