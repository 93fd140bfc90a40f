//! Networks of IPv4 addresses, written `10.64.0.0/16`.

use std::{error, fmt, str::FromStr};

use ipnet::Ipv4Net;

use super::as_text::as_text;

/// A network, by its first address and the length of its prefix.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cidr(Ipv4Net);

impl fmt::Display for Cidr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Why a text is not a network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CidrError {
    /// It is not written as one.
    Form,
    /// It names an address inside this network.
    Inside(Cidr),
}

impl fmt::Display for CidrError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Form => f.write_str("write it like `10.64.0.0/16`"),
            Self::Inside(network) => write!(f, "the network is `{network}`"),
        }
    }
}

impl error::Error for CidrError {}

impl FromStr for Cidr {
    type Err = CidrError;

    fn from_str(text: &str) -> Result<Self, CidrError> {
        let network: Ipv4Net = text.parse().map_err(|_| CidrError::Form)?;
        let network = Self(network.trunc());
        if network.to_string() == text {
            Ok(network)
        } else {
            Err(CidrError::Inside(network))
        }
    }
}

as_text!(Cidr, {
    "type": "string",
    "format": "cidr",
    "pattern": r"^([0-9]{1,3}\.){3}[0-9]{1,3}/[0-9]{1,2}$",
});

#[cfg(test)]
mod tests {
    use super::Cidr;

    #[test]
    fn a_network_starts_at_its_first_address() {
        for text in ["10.64.0.0/16", "0.0.0.0/0", "10.1.2.3/32"] {
            assert_eq!(text.parse::<Cidr>().unwrap().to_string(), text);
        }
        for (text, help) in [
            ("10.64.1.0/16", "the network is `10.64.0.0/16`"),
            ("10.64.0.0/33", "write it like `10.64.0.0/16`"),
            ("10.300.0.0/16", "write it like `10.64.0.0/16`"),
            ("10.64.0.0", "write it like `10.64.0.0/16`"),
        ] {
            assert_eq!(text.parse::<Cidr>().unwrap_err().to_string(), help);
        }
    }
}
