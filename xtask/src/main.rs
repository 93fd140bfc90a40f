//! Chores: everything around the product that is not the product. One chore to a file.
#![expect(
    clippy::disallowed_methods,
    clippy::print_stderr,
    clippy::print_stdout,
    reason = "a chore touches files, starts programs, measures time, and says how it went"
)]

use std::{env, path::Path, process::ExitCode};

use anyhow::{Context, Result};
use clap::{Parser, Subcommand};

mod apply;
mod archive;
mod bench;
mod bless;
mod book;
mod check;
mod checkov;
mod derived;
mod docs;
mod files;
mod fuzz;
mod key;
mod long;
mod man;
mod modules;
mod node;
mod pages;
mod pipelines;
mod policy;
mod provider_schema;
mod python;
mod readers;
mod report;
mod roots;
mod rust;
mod shell;
mod strings;
mod tables;
mod tally;
mod terraform;
mod users;

/// Everything around the product that is not the product.
#[derive(Parser)]
#[command(name = "xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    chore: Chore,
}

#[derive(Subcommand)]
enum Chore {
    /// Prove that instances which others have made are adopted, and that nothing happens to them
    Adopt {
        /// What else to tell pytest
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        pytest: Vec<String>,
    },
    /// Everything that CI does
    Check,
    /// Prove against an emulated AWS that generated roots go up, change and come down
    Apply {
        /// What else to tell pytest
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        pytest: Vec<String>,
    },
    /// Measure with 100, 1,000 and 10,000 configs, and compare the ratios with the stored ones
    Bench {
        /// Store the ratios instead
        #[arg(long)]
        bless: bool,
        /// Only see that everything runs: 100 configs, two rounds
        #[arg(long, conflicts_with = "bless")]
        smoke: bool,
    },
    /// Accept what the tests show, and delete snapshots without a fixture
    Bless,
    /// Draw the pages of `docs/` as a book
    Book,
    /// Scan the modules and the generated city
    Checkov,
    /// Prove that the way from a cluster to its databases is made after them, and gone before them
    Consumer {
        /// What else to tell pytest
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        pytest: Vec<String>,
    },
    /// Prove that what somebody changes in AWS is sorted, and record the plans with RECORD=1
    Drift {
        /// What else to tell pytest
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        pytest: Vec<String>,
    },
    /// Rewrite the pages and tables that are made from code
    Docs(derived::Mode),
    /// Ask whether `affected` names, and `diff` grades, what a thousand random edits do
    Edits,
    /// Prove that databases of MySQL, MariaDB and Aurora go up, change, fail over and come down
    Engines {
        /// What else to tell pytest
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        pytest: Vec<String>,
    },
    /// Run the fuzz targets, each for so long
    Fuzz {
        #[arg(default_value_t = 60)]
        seconds: u32,
    },
    /// Record what the real provider plans for each change, for the tests of `diff` and `gate`
    Grades,
    /// Add a key of a config to a copy of the tree, and see that five places are all there are
    Key,
    /// Kill 200 runs of `generate` with 500 units
    Kill,
    /// Kill 30 applies with their Terraform at random moments, and see what is lost
    Kills {
        /// What else to tell pytest
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        pytest: Vec<String>,
    },
    /// Rewrite the manual page from the command line
    Man(derived::Mode),
    /// Validate and test the modules
    Modules,
    /// Have linters read the pipelines that `ci` writes, and find planted mistakes
    Pipelines,
    /// Prove that the generated pipeline takes a change from its pull request to its hand-over
    Delivery {
        /// What else to tell pytest
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        pytest: Vec<String>,
    },
    /// Put a million texts at each place that text is shown or written at, and read them there
    Places,
    /// Have Terraform format the roots of generated configs
    Properties,
    /// Reduce the output of `terraform providers schema -json` to what the modules use
    ProviderSchema {
        /// Named after provider and version
        file: std::path::PathBuf,
    },
    /// Have an editor, Kubernetes, External Secrets and code scanning read what we publish
    Readers,
    /// Look at the page of a fleet in Chromium: themes, widths, keyboard, accessibility, hostile text
    Report,
    /// Generate and validate the roots of the fixtures
    Roots,
    /// Have Terraform evaluate hostile text
    Strings,
    /// Make users of databases on PostgreSQL 14 to 18 and MariaDB, and see what keeps them in bounds missed
    Users,
    /// Rebuild the zips of the functions
    Zip(derived::Mode),
}

fn main() -> ExitCode {
    match perform(Arguments::parse().chore) {
        Ok(note) => {
            eprintln!("{note}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{}", format!("{error:#}").trim_end());
            ExitCode::FAILURE
        }
    }
}

/// Does it from the repository, wherever it was asked for: a note about how it went.
fn perform(chore: Chore) -> Result<String> {
    let repository = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    env::set_current_dir(&repository).with_context(|| repository.display().to_string())?;
    let sh = &shell::open()?;
    match chore {
        Chore::Adopt { pytest } => apply::ADOPTION.watch(sh, &pytest),
        Chore::Check => check::run(sh),
        Chore::Apply { pytest } => apply::ROOTS.watch(sh, &pytest),
        Chore::Delivery { pytest } => apply::DELIVERY.watch(sh, &pytest),
        Chore::Bench { smoke: true, .. } => bench::smoke(sh),
        Chore::Bench { bless, .. } => bench::run(sh, bless),
        Chore::Bless => bless::run(sh),
        Chore::Book => book::draw(sh),
        Chore::Checkov => {
            roots::generate(sh)?;
            let (modules, city) = (checkov::modules(sh)?, checkov::city(sh)?);
            Ok(format!("modules: {modules}\ncity: {city}"))
        }
        Chore::Consumer { pytest } => apply::CONSUMER.watch(sh, &pytest),
        Chore::Drift { pytest } => apply::DRIFT.watch(sh, &pytest),
        Chore::Docs(mode) => mode.settle(sh, "docs", docs::make(sh)?),
        Chore::Edits => long::edits(sh),
        Chore::Engines { pytest } => apply::ENGINES.watch(sh, &pytest),
        Chore::Fuzz { seconds } => fuzz::run(sh, seconds),
        Chore::Grades => long::grades(sh),
        Chore::Key => key::add(sh),
        Chore::Kill => long::kill(sh),
        Chore::Kills { pytest } => apply::KILLS.watch(sh, &pytest),
        Chore::Man(mode) => mode.settle(sh, "man", man::make()?),
        Chore::Modules => check::modules(sh),
        Chore::Pipelines => pipelines::run(sh),
        Chore::Places => long::places(sh),
        Chore::Properties => long::properties(sh),
        Chore::ProviderSchema { file } => provider_schema::write(sh, &file),
        Chore::Readers => Ok([readers::run(sh)?, readers::templates(sh)?].concat()),
        Chore::Report => report::run(sh),
        Chore::Roots => {
            let generated = roots::generate(sh)?;
            Ok(format!("{generated}: {}", roots::validate(sh)?))
        }
        Chore::Strings => strings::evaluate(sh),
        Chore::Users => users::run(),
        Chore::Zip(mode) => mode.settle(sh, "zip", archive::make(sh)?),
    }
}
