//! What we publish, read by what others wrote: an editor's language server, schemas of Kubernetes objects, and the
//! readers of reports.

use std::path::{Path, PathBuf};

use storage_valet_rds::config::schema;

use crate::{
    command::{self, Program},
    files, roots,
    step::Done,
};

const SOURCES: &str = "xtask/readers";
const FOLDER: &str = "target/readers";
const BAD: &str = "target/bad";
const LOCK: &str = "package-lock.json";
const OBJECTS: [&str; 2] = ["snapshots/k8s/password.snap", "snapshots/k8s/iam.snap"];

/// Whether Node.js and its package manager are here.
pub(crate) fn find() -> Result<(), String> {
    for name in ["node", npm()] {
        if Program::new(name, &["--version"]).run().is_err() {
            return Err(format!("there is no {name}"));
        }
    }
    Ok(())
}

/// Opens configs and `valet.yaml` in yaml-language-server, as an editor does.
pub(crate) fn language_server() -> Done {
    install()?;
    let schemas = [
        ("config", &schema::CONFIG),
        ("workspace", &schema::WORKSPACE),
    ];
    for (name, schema) in schemas {
        let path = Path::new(FOLDER).join(format!("{name}.schema.json"));
        files::write(&path, schema.text())?;
    }
    script("client.mjs", &[])
}

/// Holds the reviewed Kubernetes objects against the published schemas.
pub(crate) fn objects() -> Done {
    install()?;
    script("objects.mjs", &OBJECTS)
}

/// Holds the reports of every bad workspace against the toolkit of GitHub Actions and the schema of SARIF.
pub(crate) fn reports() -> Done {
    install()?;
    files::clear(Path::new(BAD))?;
    for fixture in files::folders(Path::new("fixtures/bad"))? {
        roots::assemble(&fixture, &Path::new(BAD).join(files::name(&fixture)))?;
    }
    let valet = command::valet()?;
    script("reports.mjs", &[&valet.to_string_lossy(), BAD])
}

/// All of them, one after the other.
pub(crate) fn run() -> Done {
    find()?;
    let notes = [language_server()?, objects()?, reports()?];
    Ok(notes.map(|note| note.trim_end().to_owned()).join("\n"))
}

fn script(name: &str, arguments: &[&str]) -> Done {
    let path = Path::new(FOLDER).join(name);
    files::write(&path, files::read(&Path::new(SOURCES).join(name))?)?;
    let path = path.to_string_lossy();
    let arguments: Vec<_> = std::iter::once(path.as_ref())
        .chain(arguments.iter().copied())
        .collect();
    Program::new("node", &arguments).run()
}

/// Installs exactly the locked packages, when other ones are there.
fn install() -> Result<(), String> {
    let made_of = Path::new(FOLDER).join("made-of.txt");
    let lock = files::read(&Path::new(SOURCES).join(LOCK))?;
    if files::read(&made_of).is_ok_and(|known| known == lock) {
        return Ok(());
    }
    files::clear(Path::new(FOLDER))?;
    for name in ["package.json", LOCK] {
        let source: PathBuf = Path::new(SOURCES).join(name);
        files::write(&Path::new(FOLDER).join(name), files::read(&source)?)?;
    }
    Program::new(
        npm(),
        &[
            "ci",
            "--ignore-scripts",
            "--no-audit",
            "--no-fund",
            "--no-engine-strict",
        ],
    )
    .within(Path::new(FOLDER))
    .run()?;
    files::write(&made_of, lock)
}

const fn npm() -> &'static str {
    if cfg!(windows) { "npm.cmd" } else { "npm" }
}
