//! Help, completions and what else makes the command comfortable.
