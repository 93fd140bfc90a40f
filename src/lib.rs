//! Compiles one YAML file per database into a reviewed Terraform root module.
//!
//! ```text
//! disk          source      schema      resolve         guard, fleet  lay_out     emit      tree       disk
//! YAML files ─▶ Source ───▶ Source ──▶ Instance ─────▶ Instance ───▶ Root ─────▶ Tree ───▶ [Change] ─▶ files
//!               text+spans  shape      every value     guardrails,    which       HCL       old/new
//!                                      with its        cross-file     module      text
//!                                      origin          rules          calls what
//!               └──────────── any stage may return problems instead; nothing is written unless all compiles ───┘
//! ```
//!
//! Everything between the two ends is a pure function of its arguments. Only [`disk`] touches the file system, only
//! [`cli`] and the commands below it print.

pub mod assign;
pub mod class;
pub mod cli;
pub mod command;
pub mod compile;
pub mod config;
pub mod delta;
pub mod disk;
pub mod draft;
pub mod duration;
pub mod edit;
pub mod effective;
pub mod emit;
pub mod engine;
pub mod example;
pub mod explain;
pub mod fix;
pub mod fleet;
pub mod gate;
pub mod git;
pub mod grade;
pub mod graph;
pub mod guard;
pub mod handoff;
pub mod instance;
pub mod lay_out;
pub mod life;
pub mod lookalike;
pub mod manifest;
pub mod name;
pub mod outputs;
pub mod parameter;
pub mod print;
pub mod privatelink;
pub mod problem;
pub mod report;
pub mod resolve;
pub mod review;
pub mod root;
pub mod rule;
pub mod schema;
pub mod shape;
pub mod side;
pub mod source;
pub mod suggest;
pub mod tree;
pub mod waiver;
pub mod window;
pub mod workspace;
