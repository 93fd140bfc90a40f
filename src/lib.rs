//! Compiles one YAML file per database into a reviewed Terraform root module.
//!
//! ```text
//! io            yaml        config      model         rules        terraform             io
//! YAML files ─▶ Document ─▶ Config ───▶ Database ───▶ Database ──▶ RootModule ─▶ Tree ─▶ files
//!               text+spans  shape       every value   guardrails,  which module  HCL
//!                                       with origin   cross-file   calls what    text
//!               └────────── any stage may return problems instead; nothing is written unless all compiles ──┘
//! ```
//!
//! The modules stand in the order of their rank: each uses only those above it. Everything between the two ends is a
//! pure function of its arguments: only [`io`] touches files, git and processes, only [`cli`] prints and knows the date.

pub mod text;

pub mod diagnostic;

pub mod yaml;

pub mod aws;

pub mod config;

pub mod model;

pub mod terraform;

pub mod rules;

pub mod connect;

pub mod compile;

pub mod review;

pub mod inspect;

pub mod adoption;

pub mod pipeline;

pub mod io;

pub mod cli;
