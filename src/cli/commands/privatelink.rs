//! `valet-rds privatelink`: the database's entry in the private-link repository.

use std::path::PathBuf;

use super::k8s::host;
use crate::{
    cli::{
        complete,
        context::Context,
        outputs_argument::{OutputsArgument, no_outputs, warn_foreign_host},
        session::Session,
        stop::Stop,
        terminal::{note, print},
        unit_argument::UnitArgument,
    },
    connect::{
        outputs::Outputs,
        privatelink::{self, Entry},
        way::Ways,
    },
    io,
    model::Database,
    terraform::tree::Change,
    text::{screen::Screen, suggest},
    yaml::Document,
};

/// Arguments of `privatelink`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    pub(in crate::cli) unit: UnitArgument,
    #[command(flatten)]
    outputs: OutputsArgument,
    /// Host of the proxy, when there are no outputs
    #[arg(long, short = 'p', value_name = "HOST", value_parser = host)]
    proxy_endpoint: Option<String>,
    #[command(flatten)]
    link: Link,
    /// Print what would change, and write nothing
    #[arg(long)]
    dry_run: bool,
}

/// What can be typed about the entry.
///
/// `-pr` is the two-letter short of `--privatelink-repository`.
#[derive(Debug, clap::Args)]
pub(super) struct Link {
    /// Folder of the private-link repository [default: `privatelink.repository` of valet.yaml]
    #[arg(long, value_name = "DIR")]
    privatelink_repository: Option<PathBuf>,
    /// Name of the VPC endpoint service, when there are no outputs
    #[arg(long, short = 'e', value_name = "NAME", value_parser = host)]
    endpoint_service_name: Option<String>,
    /// Clusters that get an entry [default: those of the config]
    #[arg(long, short = 'c', value_name = "NAME", value_delimiter = ',', add = complete::clusters())]
    cluster: Vec<String>,
    /// Application that the entry belongs to [default: the namespace without `-dev`, `-prod` and the like]
    #[arg(long, value_name = "NAME")]
    app: Option<String>,
}

/// Runs the command.
///
/// # Errors
/// When the unit, its outputs or the private-link repository are wrong or missing.
pub fn run(arguments: &Arguments, context: &Context) -> Result<(), Stop> {
    let session = context.open()?;
    let (database, _) = session.compile_active(&arguments.unit.unit()?)?;
    let link = &arguments.link;
    let ways = Ways::of(&database);
    if !ways.consumers.is_empty() && link.cluster.is_empty() {
        let roots = ways.roots();
        if ways.others.is_empty() {
            note(format!(
                "no entry is needed: {roots} leads to {}",
                database.unit()
            ));
            return Ok(());
        }
        note(format!("clusters that need no entry: {roots} leads there"));
    }
    let named = arguments.proxy_endpoint.is_some() && link.endpoint_service_name.is_some();
    let outputs = if named {
        None
    } else {
        arguments.outputs.read(&session, &database)?
    };
    let entries = link.entries(
        &session,
        &database,
        arguments.proxy_endpoint.as_ref(),
        outputs.as_ref(),
    )?;
    let Some(repository) = link.repository(&session)? else {
        return Err(Stop::Usage(
            "the private-link repository is not known: give --privatelink-repository, or write `privatelink.repository` in valet.yaml".to_owned(),
        ));
    };
    warn_foreign_host(&database, arguments.proxy_endpoint.as_deref());
    let edit = repository.edit(&entries)?;
    for remark in &edit.remarks {
        note(remark);
    }
    let Some(change) = &edit.change else {
        note(format!("{} is up to date", repository.shown()));
        return Ok(());
    };
    if !arguments.dry_run {
        repository.write(change)?;
    }
    print(&Screen::lines(&change.to_string()))?;
    note(if arguments.dry_run {
        format!("{} would be {}", repository.shown(), verb(change))
    } else {
        repository.written(change)
    });
    Ok(())
}

/// The file that entries go to.
pub(super) struct Repository {
    folder: PathBuf,
    file: String,
}

/// What entries do to the file.
pub(super) struct Edit {
    pub(super) change: Option<Change>,
    pub(super) remarks: Vec<String>,
}

impl Link {
    /// The entries of a unit, one for each cluster.
    pub(super) fn entries(
        &self,
        session: &Session,
        database: &Database,
        host: Option<&String>,
        outputs: Option<&Outputs>,
    ) -> Result<Vec<Entry>, Stop> {
        let host = host.or(outputs.map(|outputs| &outputs.proxy_endpoint));
        let clusters = self.clusters(database)?;
        if clusters.is_empty() {
            return Ok(Vec::new());
        }
        let service = self.service(outputs);
        let (Some(host), Some(service)) = (host, service) else {
            return Err(no_outputs(
                session,
                database,
                "--proxy-endpoint and --endpoint-service-name",
            ));
        };
        let app = self
            .app
            .as_deref()
            .unwrap_or(privatelink::app(&database.namespace.value));
        if app.is_empty() || app.chars().any(char::is_control) {
            return Err(Stop::Usage("the name of an app is a word".to_owned()));
        }
        let entry = |cluster: &String| Entry {
            app: app.to_owned(),
            cluster: cluster.clone(),
            host: host.clone(),
            service: service.to_owned(),
        };
        let readers = outputs.and_then(|outputs| {
            let service = outputs.read_only_endpoint_service_name.as_ref()?;
            Some((outputs.read_only_proxy_endpoint.as_ref()?, service))
        });
        let to_readers = |cluster: &String| {
            let (host, service) = readers?;
            Some(Entry {
                host: host.clone(),
                service: service.clone(),
                ..entry(cluster)
            })
        };
        let clusters = clusters.iter();
        Ok(clusters
            .flat_map(|cluster| [Some(entry(cluster)), to_readers(cluster)])
            .flatten()
            .collect())
    }

    /// Name of the endpoint service, as far as it is known.
    pub(super) fn service<'a>(&'a self, outputs: Option<&'a Outputs>) -> Option<&'a str> {
        let told = outputs.map(|outputs| outputs.endpoint_service_name.as_str());
        self.endpoint_service_name.as_deref().or(told)
    }

    /// The clusters that get an entry: none of those to which a consumer side of ours leads.
    fn clusters(&self, database: &Database) -> Result<Vec<String>, Stop> {
        let ways = Ways::of(database);
        let known = &database.clusters.value;
        for cluster in &self.cluster {
            let mut consumers = ways.consumers.iter();
            if let Some((unit, _)) = consumers.find(|(_, (_, of))| of.contains(&cluster)) {
                return Err(Stop::Usage(format!(
                    "cluster `{cluster}` needs no entry: {unit} makes the endpoint"
                )));
            }
            if known.contains(cluster) {
                continue;
            }
            let environment = &database.environment;
            let message = if environment.spec.clusters.contains_key(cluster) {
                format!(
                    "{} does not serve cluster `{cluster}`: add it to `clusters` in {}",
                    database.unit(),
                    database.file.path
                )
            } else {
                let hint = suggest::hint("", cluster, known);
                format!(
                    "environment {} has no cluster `{cluster}`{hint}",
                    environment.name
                )
            };
            return Err(Stop::Usage(message));
        }
        Ok(if self.cluster.is_empty() {
            ways.others.into_iter().cloned().collect()
        } else {
            self.cluster.clone()
        })
    }

    /// Where entries go; nothing when no repository is named.
    pub(super) fn repository(&self, session: &Session) -> Result<Option<Repository>, Stop> {
        let setting = session
            .environments
            .first()
            .and_then(|environment| environment.privatelink.as_ref());
        let own = setting.and_then(|setting| setting.repository.as_ref());
        let folder = match (&self.privatelink_repository, own) {
            (Some(folder), _) => folder.clone(),
            (None, Some(folder)) => PathBuf::from(format!("{}{folder}", session.base)),
            (None, None) => return Ok(None),
        };
        let Some(setting) = setting else {
            return Err(Stop::Usage(format!(
                "valet.yaml does not say which file of {} entries go to: write `privatelink: {{file: …}}`",
                folder.display()
            )));
        };
        Ok(Some(Repository {
            folder,
            file: setting.file.clone(),
        }))
    }
}

impl Repository {
    pub(super) fn shown(&self) -> String {
        self.folder.join(&self.file).display().to_string()
    }

    /// What these entries change.
    pub(super) fn edit(&self, entries: &[Entry]) -> Result<Edit, Stop> {
        let bytes = io::find_inside(&self.folder, &self.file)?;
        let is_there = bytes.is_some();
        let stop = |problems| {
            let base = format!("{}/", self.folder.display());
            Stop::Problems { problems, base }
        };
        let source = Document::parse_large(&self.file, bytes.unwrap_or_default()).map_err(stop)?;
        let text = privatelink::update(&source, entries).map_err(stop)?;
        let old = &source.file.text;
        let change = (text != *old).then(|| Change {
            path: self.file.clone(),
            old: is_there.then(|| old.clone()),
            new: Some(text),
        });
        let superseded = entries.iter().flat_map(|entry| {
            privatelink::superseded(&source, entry)
                .into_iter()
                .map(move |host| (entry, host))
        });
        let remarks = superseded.map(|(entry, host)| {
            format!(
                "note: `{}` still has {host} in {}; remove it once nothing connects to it",
                entry.app, entry.cluster
            )
        });
        Ok(Edit {
            change,
            remarks: remarks.collect(),
        })
    }

    /// That a change was made, in words.
    pub(super) fn written(&self, change: &Change) -> String {
        format!("{} {}; commit it there", self.shown(), verb(change))
    }

    pub(super) fn write(&self, change: &Change) -> Result<(), Stop> {
        let text = change.new.as_deref().unwrap_or_default();
        Ok(if change.old.is_some() {
            io::replace_inside(&self.folder, &self.file, text)
        } else {
            io::create_inside(&self.folder, &self.file, text)
        }?)
    }
}

const fn verb(change: &Change) -> &'static str {
    if change.old.is_some() {
        "updated"
    } else {
        "created"
    }
}
