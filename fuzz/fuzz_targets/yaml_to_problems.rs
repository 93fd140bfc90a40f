//! Any bytes as a config and as a `valet.yaml`.
#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../../tests/support/oracle.rs"]
mod oracle;

fuzz_target!(|bytes: &[u8]| oracle::bytes_are_rejected_or_compiled(bytes));
