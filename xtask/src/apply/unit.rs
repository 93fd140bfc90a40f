//! A generated root, and Terraform run in it as CI would.

use std::{path::Path, thread};

use super::{
    FOLDER, WORKSPACE,
    cloud::{Cloud, tail},
    plan::Plan,
};
use crate::{command::Program, files, roots, step::Done, terraform::Engine};

/// Lines of Terraform's output that a failure shows.
const LAST_LINES: usize = 60;

/// `ENVIRONMENT/NAME`, whose directory is the root.
pub(crate) struct Unit<'a> {
    pub(crate) name: &'a str,
    engine: &'a Engine,
    cloud: &'a Cloud,
}

impl<'a> Unit<'a> {
    pub(crate) fn new(name: &'a str, engine: &'a Engine, cloud: &'a Cloud) -> Self {
        Self {
            name,
            engine,
            cloud,
        }
    }

    /// Up to two of everything at a time, as there are cores.
    pub(crate) fn both<T: Send>(
        units: &[Self; 2],
        action: impl Fn(&Self) -> Result<T, String> + Sync,
    ) -> Result<[T; 2], String> {
        let [first, second] = units;
        thread::scope(|scope| {
            let other = scope.spawn(|| action(second));
            let one = action(first);
            let other = other.join().unwrap_or_else(|_| Err("panicked".to_owned()));
            Ok([one?, other?])
        })
    }

    pub(crate) fn environment(&self) -> &'a str {
        self.name.split('/').next().unwrap_or_default()
    }

    /// Initializes and applies: what goes up.
    pub(crate) fn raise(&self) -> Result<(), String> {
        self.init()?;
        self.run(&["apply", "-auto-approve"]).map(drop)
    }

    pub(crate) fn init(&self) -> Done {
        self.run(&["init", "-backend-config=use_path_style=true"])
    }

    /// Plans, and keeps the plan for `carry_out`.
    pub(crate) fn plan(&self) -> Result<Plan, String> {
        let file = self.file("tfplan")?;
        self.run(&["plan", &format!("-out={file}")])?;
        let json = self.program(&["show", "-json", &file])?.read()?;
        files::write(Path::new(&self.file("plan.json")?), &json)?;
        Plan::read(&json)
    }

    /// What the gate says of the plan that was made last, when it does not let it pass.
    pub(crate) fn refused_by_the_gate(&self) -> Result<Vec<String>, String> {
        let plan = self.file("plan.json")?;
        let verdict = roots::valet(Path::new(WORKSPACE), &["gate", &plan]);
        Ok(verdict.err().into_iter().collect())
    }

    /// Has the next step of its retirement written into its config.
    pub(crate) fn retire(&self, how: &[&str]) -> Done {
        let arguments = [["retire", self.name].as_slice(), how].concat();
        roots::valet(Path::new(WORKSPACE), &arguments)
    }

    /// Applies what was planned last.
    pub(crate) fn carry_out(&self) -> Done {
        self.run(&["apply", &self.file("tfplan")?])
    }

    pub(crate) fn destroy(&self) -> Done {
        self.run(&["destroy", "-auto-approve"])
    }

    /// Writes the state where the checks find it.
    pub(crate) fn note_state(&self) -> Result<(), String> {
        let state = self.program(&["show", "-json"])?.read()?;
        let path = Path::new(FOLDER).join(format!("{}.json", self.environment()));
        files::write(&path, state)
    }

    fn run(&self, arguments: &[&str]) -> Done {
        self.program(arguments)?
            .run()
            .map_err(|output| tail(&output, LAST_LINES))
    }

    fn program(&self, arguments: &[&str]) -> Result<Program, String> {
        let root = Path::new(WORKSPACE).join("generated").join(self.name);
        let program = self
            .engine
            .program(&root, arguments)
            .env("TF_DATA_DIR", self.file("data")?);
        Ok(self.cloud.lead(program))
    }

    /// The absolute path of a file or folder of this root's own.
    fn file(&self, suffix: &str) -> Result<String, String> {
        let path = Path::new(FOLDER).join(format!("{}.{suffix}", self.name.replace('/', "-")));
        let path = std::path::absolute(&path).map_err(|error| files::about(&path, error))?;
        Ok(path.to_string_lossy().into_owned())
    }
}
