//! What we publish, read by what others wrote: an editor's language server, schemas of Kubernetes objects, the engine of
//! templates, and the readers of reports.

use std::path::Path;

use anyhow::{Result, ensure};
use xshell::{Shell, cmd};

use crate::{files, node, python, roots, shell};

const SOURCES: &str = "xtask/readers";
const FOLDER: &str = "target/readers";
const BAD: &str = "target/bad";
const CATALOG: &str = "target/catalog";
const ENTITIES: &str = "catalog: {ownerTag: cost-center, systemTag: system, componentTag: component}\nrepositoryUrl: https://git.example.com/platform/blob/main\n";
const OBJECTS: [&str; 2] = ["snapshots/k8s/password.snap", "snapshots/k8s/iam.snap"];

/// Where Debian and Ubuntu put the sources of Go's packages.
const GO_PACKAGES: &str = "/usr/share/gocode";
const TEMPLATES: &str = "target/templates";

/// Those on Node, one after the other.
pub(crate) fn run(sh: &Shell) -> Result<String> {
    node::install(sh, SOURCES, FOLDER)?;
    let valet_rds = shell::valet_rds(sh)?;
    let mut notes = Vec::new();
    for name in ["config", "workspace"] {
        let schema = shell::read(cmd!(sh, "{valet_rds} schema {name}"))?;
        sh.write_file(format!("{FOLDER}/{name}.schema.json"), schema)?;
    }
    // Opens configs and `valet.yaml` in yaml-language-server, as an editor does.
    notes.push(shell::output(cmd!(sh, "node {FOLDER}/client.mjs"))?);
    // Holds the reviewed Kubernetes objects against the published schemas.
    notes.push(shell::output(cmd!(
        sh,
        "node {FOLDER}/objects.mjs {OBJECTS...}"
    ))?);
    // Holds the entities of a catalogue against the policies of Backstage.
    roots::assemble(sh, Path::new("fixtures/city"), Path::new(CATALOG))?;
    let valet = Path::new(CATALOG).join("valet.yaml");
    let text = sh.read_file(&valet)?;
    sh.write_file(&valet, format!("{ENTITIES}{text}"))?;
    let config = Path::new(CATALOG).join("configs/prod/ledger.yaml");
    let text = sh.read_file(&config)?;
    ensure!(text.contains("tags:\n"), "the config has no tags");
    sh.write_file(
        &config,
        text.replacen(
            "tags:\n",
            "tags:\n  component: ledger-api\n  system: ledger\n",
            1,
        ),
    )?;
    notes.push(shell::output(cmd!(
        sh,
        "node {FOLDER}/entities.mjs {valet_rds} {CATALOG}"
    ))?);
    // Holds the reports of every bad workspace against the toolkit of GitHub Actions and the schema of SARIF.
    files::clear(sh, BAD)?;
    for fixture in files::folders(sh, "fixtures/bad")? {
        roots::assemble(sh, &fixture, &Path::new(BAD).join(files::name(&fixture)))?;
    }
    notes.push(shell::output(cmd!(
        sh,
        "node {FOLDER}/reports.mjs {valet_rds} {BAD}"
    ))?);
    Ok(notes.concat())
}

/// Has Go's own engine, with sprig, fill in the template of an ExternalSecret.
pub(crate) fn templates(sh: &Shell) -> Result<String> {
    let (go, version) = shell::find(sh, &["go"], "version")?;
    let sprig = Path::new(GO_PACKAGES).join("src/github.com/Masterminds/sprig");
    shell::require("sprig for Go", sh.path_exists(sprig))?;
    let python = python::environment(sh, python::EMULATOR)?;
    files::clear(sh, TEMPLATES)?;
    let folder = sh.current_dir().join(TEMPLATES);
    let program = folder.join("template");
    {
        let _folder = sh.push_dir(format!("{SOURCES}/template"));
        // What is installed, and nothing from anywhere else.
        let build = cmd!(sh, "{go} build -o {program} .")
            .env("GO111MODULE", "off")
            .env("GOCACHE", folder.join("cache"))
            .env("GOFLAGS", "")
            .env("GOPATH", GO_PACKAGES);
        shell::output(build)?;
    }
    let [password, _] = OBJECTS;
    let said = shell::output(cmd!(
        sh,
        "{python} {SOURCES}/templates.py {password} {program}"
    ))?;
    Ok(format!("{}, {version}", said.trim_end()))
}
