//! `zip`: the target sync as Lambda takes it, the same bytes wherever it is built.

use std::{
    io::{Cursor, Write},
    path::Path,
};

use anyhow::Result;
use xshell::Shell;
use zip::{CompressionMethod, DateTime, ZipWriter, write::SimpleFileOptions};

use crate::{derived::Derived, files};

const SOURCE: &str = "modules/target-sync/sync/target_sync.py";
const ARCHIVE: &str = "modules/target-sync/target_sync.zip";

/// One file, dated 1980-01-01, the first day that a zip knows.
pub(crate) fn make(sh: &Shell) -> Result<Vec<Derived>> {
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Stored)
        .last_modified_time(DateTime::default())
        .unix_permissions(0o644);
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    writer.start_file(files::name(Path::new(SOURCE)), options)?;
    writer.write_all(&sh.read_binary_file(SOURCE)?)?;
    Ok(vec![(ARCHIVE.into(), writer.finish()?.into_inner())])
}
