//! `zip`: the functions as Lambda takes them, the same bytes wherever they are built.

use std::{
    collections::BTreeMap,
    io::{Cursor, Read, Write},
    path::Path,
};

use anyhow::Result;
use xshell::{Shell, cmd};
use zip::{CompressionMethod, DateTime, ZipArchive, ZipWriter, write::SimpleFileOptions};

use crate::{
    derived::Derived,
    files::{self, has_extension},
    python, shell,
};

/// Contents by their names.
type Entries = BTreeMap<String, Vec<u8>>;

const DRIVER: &str = "modules/database-users/driver.txt";
const LICENSES: &str = "modules/database-users/LICENSES.md";
const USERS: &str = "modules/database-users/users";
const WHEELS: &str = "target/driver";

/// What wheels hold and nothing imports, by how it begins and by how it ends.
const UNUSED: [(&str, &str); 5] = [
    ("", ".dist-info/RECORD"),
    ("", ".dist-info/WHEEL"),
    ("", ".dist-info/top_level.txt"),
    ("", ".dist-info/zip-safe"),
    ("dateutil/zoneinfo/", ""),
];

/// All of them.
pub(crate) fn make(sh: &Shell) -> Result<Vec<Derived>> {
    Ok([target_sync(sh)?, database_users(sh)?].concat())
}

/// One file.
pub(crate) fn target_sync(sh: &Shell) -> Result<Vec<Derived>> {
    const SOURCE: &str = "modules/target-sync/sync/target_sync.py";
    let name = files::name(Path::new(SOURCE)).to_owned();
    let entries = Entries::from([(name, sh.read_binary_file(SOURCE)?)]);
    let archive = pack(entries, CompressionMethod::Stored)?;
    Ok(vec![(
        "modules/target-sync/target_sync.zip".into(),
        archive,
    )])
}

/// The sources, and the driver that the runtime does not have.
pub(crate) fn database_users(sh: &Shell) -> Result<Vec<Derived>> {
    let mut entries = Entries::new();
    for wheel in wheels(sh)? {
        let mut wheel = ZipArchive::new(Cursor::new(wheel))?;
        for index in 0..wheel.len() {
            let mut file = wheel.by_index(index)?;
            let name = file.name()?.into_owned();
            let is_unused =
                |(start, end): &(&str, &str)| name.starts_with(start) && name.ends_with(end);
            if file.is_file() && !UNUSED.iter().any(is_unused) {
                let mut content = Vec::new();
                file.read_to_end(&mut content)?;
                entries.insert(name, content);
            }
        }
    }
    for path in sh.read_dir(USERS)? {
        let name = files::name(&path);
        if path.is_file() && !name.starts_with("test_") {
            entries.insert(format!("users/{name}"), sh.read_binary_file(&path)?);
        }
    }
    entries.insert("LICENSES.md".to_owned(), sh.read_binary_file(LICENSES)?);
    let archive = pack(entries, CompressionMethod::Deflated)?;
    Ok(vec![(
        "modules/database-users/database_users.zip".into(),
        archive,
    )])
}

/// Downloads the pinned packages, when other ones are there.
fn wheels(sh: &Shell) -> Result<Vec<Vec<u8>>> {
    let pinned = sh.read_file(DRIVER)?;
    let made_of = format!("{WHEELS}/made-of.txt");
    if !sh.read_file(&made_of).is_ok_and(|known| known == pinned) {
        let python = python::environment(sh, python::EMULATOR)?;
        files::clear(sh, WHEELS)?;
        let options = "--quiet --no-deps --require-hashes --only-binary :all:".split(' ');
        shell::output(cmd!(
            sh,
            "{python} -m pip download {options...} --dest {WHEELS} --requirement {DRIVER}"
        ))?;
        sh.write_file(&made_of, &pinned)?;
    }
    let mut paths = sh.read_dir(WHEELS)?;
    paths.retain(|path| has_extension(path, "whl"));
    let read = |path| Ok(sh.read_binary_file(path)?);
    paths.iter().map(read).collect()
}

/// Every file dated 1980-01-01, the first day that a zip knows.
fn pack(entries: Entries, method: CompressionMethod) -> Result<Vec<u8>> {
    let level = (method == CompressionMethod::Deflated).then_some(9);
    let options = SimpleFileOptions::default()
        .compression_method(method)
        .compression_level(level)
        .last_modified_time(DateTime::default())
        .unix_permissions(0o644);
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in entries {
        writer.start_file(name, options)?;
        writer.write_all(&content)?;
    }
    Ok(writer.finish()?.into_inner())
}
