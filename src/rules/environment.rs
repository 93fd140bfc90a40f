//! The rules that look at one environment alone.

use std::collections::BTreeSet;

use super::confusable::{device, is_device};
use crate::{
    diagnostic::{Problem, rule},
    model::Environment,
};

/// Everything wrong with one environment alone.
#[must_use]
pub fn environment(environment: &Environment) -> Vec<Problem> {
    let mut problems = Vec::new();
    if is_device(&environment.name) {
        let span = environment
            .file
            .span(&format!("/environments/{}#", environment.name));
        problems.push(device(&environment.name, span));
    }
    for (name, cluster) in &environment.spec.clusters {
        for (index, cidr) in cluster.client_cidrs.iter().enumerate() {
            if let Err(help) = network(cidr) {
                let span = environment.span(&format!("clusters/{name}/clientCidrs/{index}"));
                let message = format!("`{cidr}` is not a network");
                problems.push(Problem::new(&rule::BAD_CIDR, span, message).help(help));
            }
        }
    }
    let issuers: Vec<_> = environment.owned_clusters().collect();
    let mut seen = BTreeSet::new();
    for (name, cluster, _) in issuers {
        if !seen.insert(&cluster.oidc_issuer) {
            let span = environment.span(&format!("clusters/{name}/oidcIssuer"));
            let message = "another cluster of this environment has the same issuer";
            problems.push(
                Problem::new(&rule::ISSUER_TAKEN, span, message)
                    .help("every EKS cluster has an issuer of its own"),
            );
        }
    }
    problems
}

fn network(cidr: &str) -> Result<(), String> {
    let wrong = || "write it like `10.64.0.0/16`".to_owned();
    let (address, prefix) = cidr.split_once('/').ok_or_else(wrong)?;
    let address: std::net::Ipv4Addr = address.parse().map_err(|_| wrong())?;
    let prefix: u32 = prefix.parse().map_err(|_| wrong())?;
    let host_bits = 32_u32.checked_sub(prefix).ok_or_else(wrong)?;
    let mask = u32::MAX.checked_shl(host_bits).unwrap_or(0);
    let first = address.to_bits() & mask;
    if first == address.to_bits() {
        Ok(())
    } else {
        Err(format!(
            "the network is `{}/{prefix}`",
            std::net::Ipv4Addr::from_bits(first)
        ))
    }
}
