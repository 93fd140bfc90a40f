//! The forms that AWS gives to what it names: what has another one was not told by AWS.

/// A form of text, with what it is and what it looks like.
#[derive(Debug)]
pub struct Form {
    /// What a text is not.
    pub noun: &'static str,
    /// What it looks like.
    pub like: &'static str,
    /// Whether a text has it.
    pub fits: fn(&str) -> bool,
}

/// The name of a VPC endpoint service.
pub const SERVICE: Form = Form {
    noun: "the name of a VPC endpoint service",
    like: "com.amazonaws.vpce.<region>.vpce-svc-0123456789abcdef0",
    fits: is_service,
};

/// The host of a proxy.
pub const PROXY: Form = Form {
    noun: "the host of an RDS Proxy",
    like: "<name>.proxy-abcdefghijkl.<region>.rds.amazonaws.com",
    fits: is_proxy,
};

/// The host of an endpoint of a proxy beside its first.
pub const PROXY_ENDPOINT: Form = Form {
    noun: "the host of an endpoint of an RDS Proxy",
    like: "<name>.endpoint.proxy-abcdefghijkl.<region>.rds.amazonaws.com",
    fits: is_proxy_endpoint,
};

/// The ARN of a role.
pub const ROLE: Form = Form {
    noun: "the ARN of a role",
    like: "arn:aws:iam::<account>:role/<name>",
    fits: is_role,
};

/// The ARN of a secret.
pub const SECRET: Form = Form {
    noun: "the ARN of a secret",
    like: "arn:aws:secretsmanager:<region>:<account>:secret:<name>-AbCdEf",
    fits: is_secret,
};

/// The name of a database or of a user in it.
pub const NAME: Form = Form {
    noun: "a name that a database knows",
    like: "orders_1",
    fits: is_name,
};

/// The id of an availability zone, which is the same in every account.
pub const ZONE: Form = Form {
    noun: "a list of ids of availability zones",
    like: "euc1-az1",
    fits: is_zone,
};

/// Whether text can be the name of a host: labels of letters, digits and inner hyphens, with at least one dot.
#[must_use]
pub fn is_host(text: &str) -> bool {
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label
                .chars()
                .all(|letter| letter.is_ascii_alphanumeric() || letter == '-')
    };
    text.len() <= 253 && text.contains('.') && text.split('.').all(label)
}

fn is_service(text: &str) -> bool {
    let is_id = |id: &str| {
        let hex = id.strip_prefix("vpce-svc-").unwrap_or("");
        !hex.is_empty()
            && hex
                .bytes()
                .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    };
    let parts: Vec<&str> = text
        .strip_prefix("cn.")
        .unwrap_or(text)
        .split('.')
        .collect();
    match parts.as_slice() {
        ["com", "amazonaws", "vpce", region, id] => is_region(region) && is_id(id),
        _ => false,
    }
}

fn is_zone(text: &str) -> bool {
    let is_word =
        |word: &str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let (place, number) = text.rsplit_once("-az").unwrap_or_default();
    place.split('-').all(is_word)
        && !number.is_empty()
        && number.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_proxy_endpoint(text: &str) -> bool {
    let first = text.replacen(".endpoint.", ".", 1);
    first != text && is_proxy(&first)
}

fn is_proxy(text: &str) -> bool {
    let name = text.strip_suffix(".cn").unwrap_or(text);
    let labels = name
        .strip_suffix(".rds.amazonaws.com")
        .map(|labels| labels.split('.').collect::<Vec<_>>());
    let is_its =
        |labels: Vec<&str>| labels.len() >= 3 && labels.last().is_some_and(|one| is_region(one));
    is_host(text) && labels.is_some_and(is_its)
}

fn is_role(text: &str) -> bool {
    let name = arn(text, "iam", str::is_empty).and_then(|resource| resource.strip_prefix("role/"));
    name.is_some_and(|name| is_made_of(name, "+=,.@-_/"))
}

fn is_secret(text: &str) -> bool {
    let name = arn(text, "secretsmanager", is_region)
        .and_then(|resource| resource.strip_prefix("secret:"))
        .and_then(|name| name.rsplit_once('-'));
    name.is_some_and(|(name, end)| {
        is_made_of(name, "/_+=.@!-") && end.len() == 6 && is_made_of(end, "")
    })
}

fn is_name(text: &str) -> bool {
    let first = |letter: char| letter.is_ascii_alphabetic() || letter == '_';
    text.len() <= 64 && text.starts_with(first) && is_made_of(text, "_")
}

/// What an ARN of a service is about.
fn arn<'a>(text: &'a str, service: &str, region: fn(&str) -> bool) -> Option<&'a str> {
    let parts: Vec<&str> = text.splitn(6, ':').collect();
    let [start, partition, of, place, account, resource] = parts.as_slice() else {
        return None;
    };
    let is_account = account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit());
    let is_partition = ["aws", "aws-cn", "aws-us-gov"].contains(partition);
    let is_arn = *start == "arn" && is_partition && *of == service && region(place) && is_account;
    is_arn.then_some(*resource)
}

fn is_region(text: &str) -> bool {
    let (name, number) = text.rsplit_once('-').unwrap_or_default();
    let is_word =
        |word: &str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase());
    name.split('-').count() >= 2
        && name.split('-').all(is_word)
        && !number.is_empty()
        && number.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether text is letters, digits and these, and not nothing.
fn is_made_of(text: &str, others: &str) -> bool {
    let is_it = |letter: char| letter.is_ascii_alphanumeric() || others.contains(letter);
    !text.is_empty() && text.chars().all(is_it)
}

#[cfg(test)]
mod tests {
    use super::{Form, NAME, PROXY, ROLE, SECRET, SERVICE};

    /// What somebody could put in the place of an end, a start or a letter.
    const ODD: [&str; 12] = [
        "{{ .password }}",
        "\"",
        "\n",
        "\u{202e}",
        " ",
        "/../",
        "::error::x",
        "##[error]",
        "`",
        "|",
        "<b>",
        "é",
    ];

    fn assert_fits(form: &Form, text: &str) {
        assert!((form.fits)(text), "{text} is {}", form.noun);
        for odd in ODD {
            for at in [0, text.len() / 2, text.len()] {
                let mut other = text.to_owned();
                other.insert_str(at, odd);
                assert!(!(form.fits)(&other), "{other:?} is {}", form.noun);
            }
        }
        assert!(!(form.fits)(""));
    }

    #[test]
    fn what_aws_gives_has_its_form_and_nothing_else_has() {
        for (form, texts) in [
            (
                SERVICE,
                &[
                    "com.amazonaws.vpce.eu-central-1.vpce-svc-0123456789abcdef0",
                    "cn.com.amazonaws.vpce.cn-north-1.vpce-svc-0123456789abcdef0",
                    "com.amazonaws.vpce.us-gov-west-1.vpce-svc-01ab",
                ][..],
            ),
            (
                PROXY,
                &[
                    "orders-dev-proxy.proxy-abcdefghijkl.eu-central-1.rds.amazonaws.com",
                    "orders-dev-proxy.proxy-abcdefghijkl.cn-north-1.rds.amazonaws.com.cn",
                ],
            ),
            (
                SECRET,
                &[
                    "arn:aws:secretsmanager:eu-central-1:111111111111:secret:rds!db-0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9-AbCdEf",
                    "arn:aws-cn:secretsmanager:cn-north-1:111111111111:secret:a/b-AbCdE1",
                ],
            ),
        ] {
            for text in texts {
                assert_fits(&form, text);
            }
        }
        for (form, text) in [
            (
                ROLE,
                "arn:aws:iam::111111111111:role/orders-dev-proxy-access",
            ),
            (ROLE, "arn:aws-us-gov:iam::111111111111:role/a/b/c+=,.@_-"),
            (NAME, "orders_1"),
            (NAME, "_o"),
        ] {
            assert!((form.fits)(text), "{text}");
        }
        for (form, text) in [
            (SERVICE, "com.amazonaws.vpce.eu-central-1.vpce-svc-"),
            (SERVICE, "com.amazonaws.vpce.eu.vpce-svc-0"),
            (SERVICE, "x.com.amazonaws.vpce.eu-central-1.vpce-svc-0"),
            (
                SERVICE,
                "com.amazonaws.vpce.eu-central-1.vpce-svc-0.evil.example",
            ),
            (
                PROXY,
                "orders.proxy-a.eu-central-1.rds.amazonaws.com.evil.example",
            ),
            (PROXY, "eu-central-1.rds.amazonaws.com"),
            (ROLE, "arn:aws:iam:eu-central-1:111111111111:role/a"),
            (ROLE, "arn:aws:iam::1111:role/a"),
            (ROLE, "arn:aws:iam::111111111111:user/a"),
            (ROLE, "arn:aws:iam::111111111111:role/a b"),
            (
                SECRET,
                "arn:aws:secretsmanager:eu-central-1:111111111111:secret:a",
            ),
            (
                SECRET,
                "arn:aws:secretsmanager::111111111111:secret:a-AbCdEf",
            ),
            (NAME, "1a"),
            (NAME, "a-b"),
            (NAME, "{{ .password }}"),
        ] {
            assert!(!(form.fits)(text), "{text}");
        }
    }
}
