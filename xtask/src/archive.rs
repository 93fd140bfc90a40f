//! `zip`: the target sync as Lambda takes it, the same bytes wherever it is built.

use std::{
    io::{Cursor, Write},
    path::Path,
};

use zip::{CompressionMethod, DateTime, ZipWriter, result::ZipError, write::SimpleFileOptions};

use crate::{files, step::Done};

const SOURCE: &str = "modules/nlb/sync/target_sync.py";
const ARCHIVE: &str = "modules/nlb/target_sync.zip";

pub(crate) fn write() -> Done {
    files::write(Path::new(ARCHIVE), build()?)?;
    Ok(format!("{ARCHIVE} is up to date"))
}

pub(crate) fn check() -> Done {
    if files::read_bytes(Path::new(ARCHIVE))? == build()? {
        Ok(String::new())
    } else {
        Err(format!(
            "{ARCHIVE} is not built from {SOURCE}: run `cargo xtask zip`"
        ))
    }
}

fn build() -> Result<Vec<u8>, String> {
    let source = Path::new(SOURCE);
    pack(files::name(source), &files::read_bytes(source)?)
        .map_err(|error| files::about(source, error))
}

/// One file, dated 1980-01-01, the first day that a zip knows.
fn pack(name: &str, content: &[u8]) -> Result<Vec<u8>, ZipError> {
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Stored)
        .last_modified_time(DateTime::default())
        .unix_permissions(0o644);
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    writer.start_file(name, options)?;
    writer.write_all(content)?;
    Ok(writer.finish()?.into_inner())
}
