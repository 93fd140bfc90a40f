//! Chores: everything around the product that is not the product. One command to a file.
#![expect(
    clippy::disallowed_methods,
    clippy::print_stderr,
    reason = "a chore reads its arguments and says what went wrong"
)]

use std::process::ExitCode;

mod apply;
mod archive;
mod bench;
mod bless;
mod check;
mod checkov;
mod command;
mod docs;
mod files;
mod fuzz;
mod growth;
mod json;
mod long;
mod man;
mod mirror;
mod modules;
mod pages;
mod provider_schema;
mod python;
mod readers;
mod roots;
mod rust;
mod step;
mod strings;
mod tables;
mod terraform;

const USAGE: &str = "\
usage: cargo xtask CHORE

  check                 everything that CI does
  apply                 prove against an emulated AWS that generated roots go up, change and come down
  bench [--bless]       measure with 100, 1,000 and 10,000 configs; compare with the stored ratios, or store them
  checkov               scan the modules and the generated city
  bless                 accept what the tests show, and delete snapshots without a fixture
  docs [--check]        rewrite what the READMEs quote from code
  readers               have an editor, Kubernetes and code scanning read what we publish
  man [--check]         rewrite the manual page from the command line
  fuzz [SECONDS]        run the fuzz targets, each for 60 seconds or as long as said
  growth                time Terraform as an environment grows, and draw the chart of the README
  kill                  kill 200 runs of `generate` with 500 units
  properties            have Terraform format the roots of generated configs
  grades                record what the real provider plans for each change, for the tests of `diff` and `gate`
  strings               have Terraform evaluate hostile text
  zip [--check]         rebuild the zip of the target sync
  provider-schema FILE  reduce the output of `terraform providers schema -json` to what modules/ uses";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    if let Err(message) = files::enter_repository() {
        return failed(&message);
    }
    let done = match *words.as_slice() {
        ["check"] => return check::run(),
        ["apply"] => apply::find_and_run(),
        ["bench"] => bench::run(),
        ["bench", "--bless"] => bench::bless(),
        ["bench", "--smoke"] => bench::smoke(),
        ["checkov"] => checkov::run(),
        ["bless"] => bless::run(),
        ["docs"] => docs::write(),
        ["docs", "--check"] => docs::check(),
        ["readers"] => readers::run(),
        ["man"] => man::write(),
        ["man", "--check"] => man::check(),
        ["fuzz"] => return fuzz::run("60"),
        ["fuzz", seconds] => return fuzz::run(seconds),
        ["growth"] => growth::run(),
        ["kill"] => long::kill(),
        ["properties"] => return check::with_engine(long::properties),
        ["grades"] => long::grades(),
        ["strings"] => return check::with_engine(strings::step),
        ["zip"] => archive::write(),
        ["zip", "--check"] => archive::check(),
        ["provider-schema", file] => provider_schema::write(file),
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match done {
        Ok(note) => {
            eprintln!("{note}");
            ExitCode::SUCCESS
        }
        Err(message) => failed(&message),
    }
}

fn failed(message: &str) -> ExitCode {
    eprintln!("{}", message.trim_end());
    ExitCode::FAILURE
}
