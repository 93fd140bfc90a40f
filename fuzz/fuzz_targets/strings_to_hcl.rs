//! Any text as a value, a list entry and a key of HCL.
#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../../tests/support/oracle.rs"]
mod oracle;

fuzz_target!(|text: &str| oracle::text_survives(text));
